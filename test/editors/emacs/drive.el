;;; drive.el --- What the tests ask a running Emacs -*- lexical-binding: t; -*-

;; Loaded into the Emacs under test, after its init file.  Changes nothing that a user would see: keys are pressed in the
;; terminal, this file only looks.  Stock commands of the clients are used where there are any.

(require 'server)
(require 'json)
(setq server-name (or (getenv "JOULE_DRIVE_SERVER") "server"))
(unless noninteractive (server-start))

(defun drive-answer (value)
  "Return VALUE as JSON in base64, which survives every printer."
  (base64-encode-string (encode-coding-string (json-encode value) 'utf-8) t))

(defmacro drive-in (name &rest body)
  "Run BODY in the buffer that visits NAME, with point where its window has it."
  `(let ((buffer (get-buffer ,name)))
     (and buffer
          (with-current-buffer buffer
            (save-excursion
              (when-let* ((window (get-buffer-window buffer))) (goto-char (window-point window)))
              ,@body)))))

(defun drive-text ()
  "Return the whole text of this buffer."
  (save-restriction (widen) (buffer-substring-no-properties (point-min) (point-max))))

(defun drive-titles ()
  "Return the titles of all code actions at point, as the client itself gets them."
  (if (joule-ls--eglot-p)
      (mapcar (lambda (action) (plist-get action :title)) (ignore-errors (eglot-code-actions (point) (point))))
    (and (bound-and-true-p lsp-mode)
         (lsp-workspaces)
         (mapcar (lambda (action) (joule-ls--get action :title)) (lsp-code-actions-at-point)))))

(defun drive-notes ()
  "Return flymake's diagnostics in this buffer: line, type and text."
  (mapcar (lambda (one)
            (vector (line-number-at-pos (flymake-diagnostic-beg one))
                    (format "%s" (flymake-diagnostic-type one))
                    (flymake-diagnostic-text one)))
          (flymake-diagnostics)))

(defun drive-versions ()
  "Return the versions of Emacs and of both clients."
  (require 'eglot)
  (require 'lsp-mode nil t)
  (list emacs-version
        (if (boundp 'eglot--version) (format "%s" eglot--version) (drive-package-version "eglot"))
        (if (fboundp 'lsp-mode) (drive-package-version "lsp-mode") "none")))

(defun drive-package-version (library)
  "Return the version in the header of LIBRARY."
  (require 'lisp-mnt)
  (let ((file (locate-library (concat library ".el"))))
    (with-temp-buffer
      (insert-file-contents (or file (locate-library library)))
      (or (lm-header "version") (lm-header "package-version") "unknown"))))

(defun drive-complaints ()
  "Return the messages of all diagnostics in this buffer, flymake's and lsp-mode's."
  (vconcat (mapcar #'flymake-diagnostic-text (flymake-diagnostics))
           (and (bound-and-true-p lsp-mode)
                (mapcar (lambda (one) (joule-ls--get one :message)) (lsp--get-buffer-diagnostics)))))

;;; The second server, when the environment names one

(when-let* ((program (getenv "JOULE_DRIVE_SECOND")))
  (with-eval-after-load 'lsp-mode
    (lsp-register-client
     (make-lsp-client :server-id 'second
                      :new-connection (lsp-stdio-connection (list "node" program "--stdio"))
                      :major-modes '(python-mode)))))

;;; Another checker that is no language server, for Eglot, which has room for one server only

(defun drive-checker (report &rest _)
  "Complain to REPORT where `value' is not defined."
  (save-excursion
    (goto-char (point-min))
    (let (found)
      (while (re-search-forward "\\_<value\\_>" nil t)
        (push (flymake-make-diagnostic (current-buffer) (match-beginning 0) (match-end 0)
                                       :error "\"value\" is not defined")
              found))
      (funcall report found))))

(when (getenv "JOULE_DRIVE_CHECKER")
  (add-hook 'eglot-managed-mode-hook
            (lambda ()
              (add-hook 'flymake-diagnostic-functions #'drive-checker nil t)
              (flymake-start))))
