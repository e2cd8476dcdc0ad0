"""Everything about the child processes that run the user's code: interpreter, sandbox, conversation, runners."""
