;;; flow.el --- Eglot, driven without a screen  -*- lexical-binding: t -*-

;; emacs --batch -Q -l CONFIGURATION -l flow.el FILE
;; Optimises the function at the first "def", applies what is offered, saves, undoes, saves.  Prints a JSON object for
;; each thing that the person at the editor would see; the test reads them.

(require 'eglot)
(require 'json)
(require 'python)

(defconst flow-patience 60 "Seconds until something that does not happen is given up.")
(defvar flow-answers nil "What is chosen at which question: pairs of a regexp and a beginning.")

(defun flow-tell (what value)
  (princ (concat (json-encode (list (cons what value))) "\n")))

(defun flow-wait (what condition)
  "Until CONDITION is true; without that, WHAT is told and Emacs ends."
  (let ((end (+ (float-time) flow-patience)) found)
    (while (and (not (setq found (funcall condition))) (< (float-time) end))
      (accept-process-output nil 0.05))
    (unless found
      (flow-tell 'never what)
      (kill-emacs 1))
    found))

(defun flow-choose (prompt items &rest _)
  "Stands for the person who is asked PROMPT with ITEMS."
  (let* ((titles (mapcar (lambda (item) (if (consp item) (car item) item)) items))
         (answer (cdr (seq-find (lambda (pair) (string-match-p (car pair) prompt)) flow-answers)))
         (chosen (seq-find (lambda (title) (string-prefix-p (or answer "\0") title)) titles)))
    (flow-tell 'asked (vconcat (list (replace-regexp-in-string "[[:space:]]+" " " prompt)) titles))
    (unless chosen
      (flow-tell 'never (format "%s among %s" answer titles))
      (kill-emacs 1))
    chosen))

(defun flow-act (title)
  "Choose the code action that begins with TITLE."
  (let ((flow-answers (cons (cons "Pick an action" title) flow-answers)))
    (eglot-code-actions (point) nil nil t)))

(setq completing-read-function #'flow-choose
      last-nonmenu-event ?\r            ; a key, and no mouse
      eglot-report-progress 'messages   ; which go to stderr
      eglot-sync-connect 30)

(let* ((file (pop command-line-args-left))
       (buffer (find-file file))
       (before (buffer-string)))
  (apply #'eglot (eglot--guess-contact))
  (flow-tell 'server (plist-get (eglot--server-info (eglot-current-server)) :name))
  (search-forward "def ")

  (setq flow-answers '(("Allow that for this project" . "Allow") ("Choose an option" . "Preview")))
  (flow-act "Afterburner: optimize `")
  (flow-wait "a page with the preview" (lambda () (not (eq (window-buffer) buffer))))
  (flow-tell 'page (with-current-buffer (window-buffer) (buffer-substring-no-properties (point-min) (point-max))))
  (switch-to-buffer buffer)
  (flow-tell 'unchanged (string= before (buffer-string)))

  (flow-act "Afterburner: apply ")
  (flow-wait "the rewrite in the buffer" (lambda () (not (string= before (buffer-string)))))
  (save-buffer)
  (flow-tell 'applied (with-temp-buffer (insert-file-contents-literally file) (decode-coding-string (buffer-string) 'utf-8)))
  (undo-boundary)                       ; as after each key
  (undo)
  (save-buffer)
  (eglot-shutdown (eglot-current-server)))
