;;; flow.el --- Eglot or lsp-mode, driven without a screen  -*- lexical-binding: t -*-

;; emacs --batch -Q -l CONFIGURATION -l flow.el eglot|lsp-mode FILE
;; Optimises the function at the first "def", applies what is offered, saves, undoes, saves; then stops a second job, and
;; gives an input for the function at the next "def".  Prints a JSON object for each thing that the person at the editor
;; would see; the test reads them.

(require 'json)
(require 'python)

(defconst flow-client (intern (pop command-line-args-left)))
(defconst flow-file (pop command-line-args-left))
(defconst flow-patience 60 "Seconds until something that does not happen is given up.")
(defvar flow-answers nil "What is chosen at which question: pairs of a regexp and a beginning.")

(defun flow-tell (what value)
  (princ (concat (json-encode (list (cons what value))) "\n")))

(defun flow-fail (what)
  "Tell WHAT never happened and what the server wrote, and end."
  (flow-tell 'never what)
  (dolist (buffer (buffer-list))
    (when (string-match-p "stderr" (buffer-name buffer))
      (flow-tell 'stderr (with-current-buffer buffer (buffer-string)))))
  (kill-emacs 1))

(defun flow-wait (what condition)
  "Until CONDITION is true."
  (let ((end (+ (float-time) flow-patience)) found)
    (while (and (not (setq found (funcall condition))) (< (float-time) end))
      (accept-process-output nil 0.05))
    (or found (flow-fail what))))

(defun flow-choose (prompt items &rest _)
  "Stands for the person who is asked PROMPT with ITEMS."
  (let* ((titles (all-completions "" items))
         (answer (cdr (seq-find (lambda (pair) (string-match-p (car pair) prompt)) flow-answers)))
         (chosen (seq-find (lambda (title) (string-prefix-p (or answer "\0") title)) titles)))
    (flow-tell 'asked (vconcat (list (replace-regexp-in-string "[[:space:]]+" " " prompt)) titles))
    (or chosen (flow-fail (format "%s among %s" answer titles)))))

(defun flow-start ()
  "Connect the current buffer; the server's name."
  (require flow-client)
  (pcase flow-client
    ('eglot
     (setq eglot-report-progress 'messages) ; which go to stderr
     (apply #'eglot (eglot--guess-contact))
     (plist-get (eglot--server-info (eglot-current-server)) :name))
    ('lsp-mode
     (setq lsp-auto-guess-root t lsp-progress-via-spinner nil lsp-progress-function #'lsp-on-progress-legacy)
     (lsp)
     (flow-wait "lsp-mode's workspace" (lambda () (equal '(initialized) (mapcar #'lsp--workspace-status (lsp-workspaces)))))
     (symbol-name (lsp--workspace-server-id (car (lsp-workspaces)))))))

(defun flow-act (title)
  "Choose the code action that begins with TITLE."
  (let ((flow-answers (cons (cons "Pick an action\\|Select code action" title) flow-answers)))
    (call-interactively (if (eq flow-client 'eglot) #'eglot-code-actions #'lsp-execute-code-action))))

(defun flow-offers (title)
  "Whether a code action at point begins with TITLE."
  (seq-some (lambda (action) (string-prefix-p title (if (hash-table-p action) (gethash "title" action) (plist-get action :title))))
            (if (eq flow-client 'eglot) (eglot-code-actions (point)) (lsp-code-actions-at-point))))

(setq completing-read-function #'flow-choose
      last-nonmenu-event ?\r)           ; a key, and no mouse

(let* ((buffer (find-file flow-file))
       (before (buffer-string)))
  (flow-tell 'server (flow-start))
  (search-forward "def ")

  (setq flow-answers '(("Allow that for this project" . "Allow") ("repeat_customers: " . "Preview")))
  (flow-act "Afterburner: optimize `")
  (flow-wait "a page with the preview" (lambda () (not (eq (window-buffer) buffer))))
  (flow-tell 'page (with-current-buffer (window-buffer) (buffer-substring-no-properties (point-min) (point-max))))
  (switch-to-buffer buffer)
  (flow-tell 'unchanged (string= before (buffer-string)))

  (flow-act "Afterburner: apply ")
  (flow-wait "the rewrite in the buffer" (lambda () (not (string= before (buffer-string)))))
  (save-buffer)
  (flow-tell 'applied (with-temp-buffer (insert-file-contents flow-file) (buffer-string)))
  (undo-boundary)                       ; as after each key
  (undo)
  (save-buffer)
  (flow-tell 'restored (string= before (buffer-string)))

  (flow-act "Afterburner: optimize `")
  (flow-act "Afterburner: stop optimising `")
  (flow-wait "the end of the job" (lambda () (flow-offers "Afterburner: optimize `")))

  (search-forward "def ")
  (flow-act "Afterburner: provide an input for `")
  (flow-wait "a file for inputs" (lambda () (not (eq (window-buffer) buffer))))
  (flow-tell 'inputs (vector (buffer-name (window-buffer)) (with-current-buffer (window-buffer) (buffer-string)))))
