"""The language server, an edge: protocol in, `app` and `around` asked, protocol out."""
