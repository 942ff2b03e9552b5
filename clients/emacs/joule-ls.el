;;; joule-ls.el --- Code by small local models, and what it cost in joules -*- lexical-binding: t; -*-

;; Copyright (C) 2026 the joule-ls authors
;; SPDX-License-Identifier: MIT

;; Author: the joule-ls authors
;; Version: 0.1.0
;; Package-Requires: ((emacs "29.1"))
;; Keywords: languages, tools, convenience

;;; Commentary:

;; Connects Eglot or lsp-mode to the language server joule-ls.  It is plain LSP: the code action menus of both clients
;; list its actions without this file.  What this file adds:
;;
;; - it starts the server: `joule-ls-eglot-setup' for Eglot; for lsp-mode as an add-on, beside your usual server;
;; - `joule-run', `joule-implement', `joule-fix', `joule-cancel' and `joule-report', and the keymap
;;   `joule-ls-command-map' for them;
;; - progress as a short text in the mode line, and the receipt in the echo area;
;; - no request of lsp-mode's waits for a model or goes to another server.

;;; Code:

(require 'flymake)
(require 'seq)

(declare-function eglot--TextDocumentIdentifier "eglot")
(declare-function eglot--capabilities "eglot")
(declare-function eglot--managed-buffers "eglot")
(declare-function eglot--request "eglot")
(declare-function eglot--signal-textDocument/didChange "eglot")
(declare-function eglot-current-server "eglot")
(declare-function eglot-managed-p "eglot")
(declare-function flycheck-error-checker "ext:flycheck")
(declare-function flycheck-error-message "ext:flycheck")
(declare-function flycheck-error-region-for-mode "ext:flycheck")
(declare-function flycheck-overlay-errors-in "ext:flycheck")
(declare-function jsonrpc-async-request "jsonrpc")
(declare-function jsonrpc-notify "jsonrpc")
(declare-function lsp--get-buffer-diagnostics "ext:lsp-mode")
(declare-function lsp--text-document-identifier "ext:lsp-mode")
(declare-function lsp--workspace-server-id "ext:lsp-mode")
(declare-function lsp-notify "ext:lsp-mode")
(declare-function lsp-register-client "ext:lsp-mode")
(declare-function lsp-request "ext:lsp-mode")
(declare-function lsp-request-async "ext:lsp-mode")
(declare-function lsp-stdio-connection "ext:lsp-mode")
(declare-function lsp-workspaces "ext:lsp-mode")
(declare-function make-lsp-client "ext:lsp-mode")
(defvar eglot-server-programs)
(defvar lsp--cur-workspace)

(defgroup joule-ls nil
  "Code by small local models, and what it cost in joules."
  :group 'tools
  :prefix "joule-ls-")

(defcustom joule-ls-command
  (let ((main (expand-file-name "../../dist/main.js" (file-name-directory (or load-file-name buffer-file-name "")))))
    (if (file-exists-p main) (list "node" main "--stdio") '("joule-ls" "--stdio")))
  "How the server is started: the one beside this file, else the one on the path."
  :type '(repeat string))

(defcustom joule-ls-modes
  '(python-mode
    python-ts-mode
    go-mode
    go-ts-mode
    rust-mode
    rust-ts-mode
    (js-mode :language-id "javascript")
    (js-ts-mode :language-id "javascript")
    (typescript-mode :language-id "typescript")
    (typescript-ts-mode :language-id "typescript")
    (tsx-ts-mode :language-id "typescriptreact"))
  "Major modes in which joule-ls is started, as in `eglot-server-programs'."
  :type '(repeat sexp))

(defcustom joule-ls-settings nil
  "Settings of the server, as a property list without the prefix `joule.'.
For example (:receipts \"information\" :roles (:worker \"qwen2.5-coder:3b\")).
A change made by `setopt' or Customize reaches running servers at once."
  :type '(plist :key-type symbol :value-type sexp)
  :initialize #'custom-initialize-default
  :set (lambda (symbol value)
         (set-default-toplevel-value symbol value)
         (joule-ls--send-settings)))

;;; Commands

;;;###autoload
(defun joule-run (&optional instruction kind diagnostics)
  "Run what joule-ls offers at point or for the region.
When it offers several things, ask which.  With a prefix argument, first ask
for an INSTRUCTION in your own words.  From Lisp, KIND restricts the offers to
one kind of code action, and DIAGNOSTICS are LSP diagnostics to act on."
  (interactive (list (joule-ls--read-instruction)))
  (let* ((kinds (if kind (list kind) '("refactor.rewrite.joule" "quickfix.joule")))
         (offers (seq-filter (lambda (offer) (or (not instruction) (equal (car offer) "joule.run")))
                             (joule-ls--offers kinds diagnostics)))
         (chosen (if (cdr offers) (joule-ls--choose offers) (car offers))))
    (unless chosen (user-error "Nothing for joule-ls to do here"))
    (pcase-let ((`(,command ,_title ,argument) chosen))
      (joule-ls--execute command (if instruction (joule-ls--with argument :instruction instruction) argument)))))

;;;###autoload
(defun joule-implement (&optional instruction)
  "Write the stub, TODO or `joule:' comment at point.
With a prefix argument, ask for an INSTRUCTION first."
  (interactive (list (joule-ls--read-instruction)))
  (joule-run instruction "refactor.rewrite.joule.implement"))

;;;###autoload
(defun joule-fix (&optional instruction)
  "Fix what is reported on the current line or in the region, whoever reports it.
With a prefix argument, ask for an INSTRUCTION first."
  (interactive (list (joule-ls--read-instruction)))
  (let ((diagnostics (joule-ls--diagnostics)))
    (unless diagnostics (user-error "No diagnostics here"))
    (joule-run instruction "quickfix.joule.fix" diagnostics)))

;;;###autoload
(defun joule-cancel ()
  "Cancel what joule-ls is doing.  What it spent so far stays on record."
  (interactive)
  ;; By the offer: a multiplexer may know a command only from an offer.
  (pcase (car (joule-ls--offers '("quickfix.joule.cancel") nil))
    (`(,command ,_title ,argument) (joule-ls--execute command argument))
    (_ (message "joule: nothing is running"))))

;;;###autoload
(defun joule-report ()
  "Open the page of what the answers cost, in the browser."
  (interactive)
  (pcase (car (joule-ls--offers '("source.joule.report") nil))
    (`(,command ,_title ,argument) (joule-ls--execute command argument))
    (_ (user-error "No joule-ls in this buffer"))))

;;;###autoload (autoload 'joule-ls-command-map "joule-ls" nil t 'keymap)
(defvar-keymap joule-ls-command-map
  :doc "Keys of joule-ls, to be bound to a prefix of your choice."
  :prefix 'joule-ls-command-map
  "c" #'joule-cancel
  "f" #'joule-fix
  "i" #'joule-implement
  "p" #'joule-report
  "r" #'joule-run)

(defun joule-ls--read-instruction ()
  "Ask for an instruction if there is a prefix argument; nil for an empty one."
  (when current-prefix-arg
    (let ((text (string-trim (read-string "joule, in your words: "))))
      (unless (string-empty-p text) text))))

(defun joule-ls--choose (offers)
  "Ask which of OFFERS to take; the first is the default."
  (let ((titles (mapcar #'cadr offers)))
    (seq-find (let ((title (completing-read "joule-ls: " titles nil t nil nil (car titles))))
                (lambda (offer) (equal (cadr offer) title)))
              offers)))

(defun joule-ls--offers (kinds diagnostics)
  "Return what joule-ls offers of KINDS at point about DIAGNOSTICS.
Each offer is a list of command, title and argument."
  (let ((params (list :textDocument (if (joule-ls--eglot-p) (eglot--TextDocumentIdentifier) (lsp--text-document-identifier))
                      :range (if (use-region-p)
                                 (joule-ls--range (region-beginning) (region-end))
                               (joule-ls--range (point) (point)))
                      :context (list :diagnostics (vconcat diagnostics) :only (vconcat kinds)))))
    (delq nil (mapcar (lambda (action)
                        (let* ((command (joule-ls--get action :command))
                               (name (and command (not (stringp command)) (joule-ls--get command :command))))
                          (when (and name (string-prefix-p "joule." name))
                            (list name (joule-ls--get action :title) (elt (joule-ls--get command :arguments) 0)))))
                      (joule-ls--request "textDocument/codeAction" params)))))

;;; Diagnostics

(defun joule-ls--diagnostics ()
  "Return what is reported on the lines of point or region, as LSP diagnostics."
  (save-excursion
    (let* ((region (use-region-p))
           (end (progn (when region (goto-char (region-end))) (line-end-position)))
           (beg (progn (when region (goto-char (region-beginning))) (line-beginning-position))))
      (append (joule-ls--from-flymake beg end) (joule-ls--from-flycheck beg end) (joule-ls--from-lsp-mode beg end)))))

(defun joule-ls--from-flymake (beg end)
  "Return flymake's diagnostics between BEG and END, without those of lsp-mode.
With those of Eglot comes the object that the server sent."
  (when (bound-and-true-p flymake-mode)
    (mapcar (lambda (one)
              (or (cdr (assq 'eglot-lsp-diag (ignore-errors (flymake-diagnostic-data one))))
                  (list :range (joule-ls--range (flymake-diagnostic-beg one) (flymake-diagnostic-end one))
                        :message (flymake-diagnostic-text one))))
            (seq-remove (lambda (one) (eq (flymake-diagnostic-backend one) 'lsp-diagnostics--flymake-backend))
                        (flymake-diagnostics beg end)))))

(defun joule-ls--from-flycheck (beg end)
  "Return flycheck's errors between BEG and END, without those of lsp-mode."
  (when (bound-and-true-p flycheck-mode)
    (mapcar (lambda (one)
              (pcase-let ((`(,from . ,to) (flycheck-error-region-for-mode one major-mode)))
                (list :range (joule-ls--range from to) :message (flycheck-error-message one))))
            (seq-remove (lambda (one) (eq (flycheck-error-checker one) 'lsp))
                        (flycheck-overlay-errors-in beg end)))))

(defun joule-ls--from-lsp-mode (beg end)
  "Return what the servers of lsp-mode report on the lines from BEG to END."
  (unless (joule-ls--eglot-p)
    (let* ((lines (joule-ls--range beg end))
           (first (plist-get (plist-get lines :start) :line))
           (last (plist-get (plist-get lines :end) :line)))
      (seq-filter (lambda (one)
                    (let ((range (joule-ls--get one :range)))
                      (and (<= (joule-ls--get (joule-ls--get range :start) :line) last)
                           (>= (joule-ls--get (joule-ls--get range :end) :line) first))))
                  (lsp--get-buffer-diagnostics)))))

;;; Progress

(defvar joule-ls--running nil
  "What runs: a list of (TOKEN TITLE TEXT).")

(add-to-list 'mode-line-misc-info '(joule-ls--running (:eval (joule-ls--mode-line-text))))

(defun joule-ls--mode-line-text ()
  "Return the last figure of what runs: mode lines have little room."
  (mapconcat (pcase-lambda (`(,_token ,title ,text))
               (propertize (format " [joule %s] " (string-replace "%" "%%" (car (last (split-string text " · ")))))
                           'help-echo (concat title " · " text)
                           'face 'mode-line-emphasis))
             joule-ls--running))

(defun joule-ls--on-progress (token value)
  "Show VALUE, which a job or download says under TOKEN."
  (let ((text (joule-ls--get value :message))
        (title (joule-ls--get value :title))
        (running (assoc token joule-ls--running)))
    (pcase (joule-ls--get value :kind)
      ("begin"
       (push (list token title (or text "starting")) joule-ls--running)
       (joule-ls--say title))
      ("report"
       (when (and running text)
         (setf (nth 2 running) text)
         (unless (active-minibuffer-window)
           (let (message-log-max) (joule-ls--say (nth 1 running) text)))))
      ("end"
       (setq joule-ls--running (delq running joule-ls--running))
       (joule-ls--say (nth 1 running) text)))
    (force-mode-line-update t)))

(defvar joule-ls--said nil
  "What `joule-ls--say' showed last.")

(defun joule-ls--say (&rest parts)
  "Show PARTS in the echo area, unless a message of the server stands there.
That one says why something failed, or what to look at."
  (let ((shown (current-message)))
    (when (or (not shown) (equal shown joule-ls--said) (not (string-search "joule: " shown)))
      (setq joule-ls--said (string-join (delq nil parts) " · "))
      (message "%s" joule-ls--said))))

(defun joule-ls--token-p (token)
  "Non-nil if TOKEN is one of joule-ls."
  (and (stringp token) (string-prefix-p "joule/" token)))

;;; Both clients

(defun joule-ls--eglot-p ()
  "Non-nil if Eglot manages this buffer."
  (and (fboundp 'eglot-managed-p) (eglot-managed-p)))

(defun joule-ls--find-server ()
  "Return the Eglot server or lsp-mode workspace of joule-ls in this buffer.
A multiplexer that passes our commands on counts too; nil when there is none."
  (if (joule-ls--eglot-p)
      (let* ((server (eglot-current-server))
             (provider (plist-get (eglot--capabilities server) :executeCommandProvider)))
        (and (seq-contains-p (plist-get provider :commands) "joule.run") server))
    (and (bound-and-true-p lsp-mode)
         (seq-find (lambda (workspace) (eq (lsp--workspace-server-id workspace) 'joule-ls)) (lsp-workspaces)))))

(defun joule-ls--server ()
  "Return what `joule-ls--find-server' finds, or say how to start it."
  (or (joule-ls--find-server)
      (user-error "The server joule-ls is not running in this buffer: start it by M-x eglot or M-x lsp")))

(defun joule-ls--request (method params)
  "Ask joule-ls and no other server for METHOD with PARAMS; return its answer."
  (let ((server (joule-ls--server)))
    (if (joule-ls--eglot-p)
        (eglot--request server (intern (concat ":" method)) params)
      (let ((lsp--cur-workspace server)) (lsp-request method params)))))

(defun joule-ls--execute (command argument)
  "Have joule-ls and no other server execute COMMAND with ARGUMENT.
Return at once."
  (let ((server (joule-ls--server))
        (params (list :command command :arguments (vector argument)))
        (failed (lambda (problem) (message "joule: %s" (joule-ls--get problem :message)))))
    (if (joule-ls--eglot-p)
        (jsonrpc-async-request server :workspace/executeCommand params :success-fn #'ignore :error-fn failed)
      (let ((lsp--cur-workspace server))
        (lsp-request-async "workspace/executeCommand" params #'ignore :error-handler failed :mode 'detached)))))

(defun joule-ls--send-settings ()
  "Send `joule-ls-settings' to every server that runs."
  (let (told)
    (dolist (buffer (buffer-list))
      (with-current-buffer buffer
        (when-let* ((server (joule-ls--find-server))
                    ((not (memq server told))))
          (push server told)
          (if (joule-ls--eglot-p)
              (jsonrpc-notify server :workspace/didChangeConfiguration (list :settings (joule-ls--section)))
            (let ((lsp--cur-workspace server))
              (lsp-notify "workspace/didChangeConfiguration" (list :settings (joule-ls--section))))))))))

(defun joule-ls--section (&rest _)
  "Return the settings as the server reads them."
  (list :joule (or joule-ls-settings (make-hash-table))))

(defun joule-ls--get (object key)
  "Return KEY, a keyword, of the JSON OBJECT.
Eglot has property lists, lsp-mode has hash tables unless built otherwise."
  (if (hash-table-p object) (gethash (substring (symbol-name key) 1) object) (plist-get object key)))

(defun joule-ls--with (object key value)
  "Return a copy of the JSON OBJECT with VALUE at KEY."
  (if (hash-table-p object)
      (let ((copy (copy-hash-table object)))
        (puthash (substring (symbol-name key) 1) value copy)
        copy)
    (plist-put (copy-sequence object) key value)))

(defun joule-ls--range (beg end)
  "Return the text from BEG to END as an LSP range."
  (list :start (joule-ls--position beg) :end (joule-ls--position end)))

(defun joule-ls--position (position)
  "Return POSITION as an LSP position, in UTF-16 units."
  (save-excursion
    (save-restriction
      (widen)
      (goto-char position)
      (list :line (1- (line-number-at-pos nil t))
            :character (/ (length (encode-coding-region (line-beginning-position) (point) 'utf-16le t)) 2)))))

;;; Eglot

;;;###autoload
(defun joule-ls-eglot-setup (&optional modes before)
  "Make Eglot start joule-ls in MODES, or else in `joule-ls-modes'.
Eglot has one server per buffer.  To keep another one, BEFORE is the command of
a multiplexer, a list of strings, up to where the command of joule-ls belongs."
  (with-eval-after-load 'eglot
    (add-to-list 'eglot-server-programs
                 (cons (or modes joule-ls-modes)
                       (lambda (&rest _)
                         (append before joule-ls-command (list :initializationOptions #'joule-ls--section)))))))

(with-eval-after-load 'eglot
  (cl-defmethod eglot-handle-notification :around (_server (_method (eql '$/progress)) &key token value &allow-other-keys)
    "Show progress of joule-ls as text: Eglot has a percentage and the raw token."
    (if (joule-ls--token-p token) (joule-ls--on-progress token value) (cl-call-next-method)))
  (cl-defmethod eglot-handle-request :around (server (_method (eql 'workspace/applyEdit)) &rest _)
    "Tell SERVER what was typed before its edit, and of the edit, at once.
Eglot waits until Emacs is idle and does not count what it has not sent, so that
an edit would land on changed text, and look like one that was dropped."
    (joule-ls--eglot-send-changes server)
    (prog1 (cl-call-next-method) (joule-ls--eglot-send-changes server))))

(defun joule-ls--eglot-send-changes (server)
  "Send the changes that Eglot still holds back from SERVER."
  (dolist (buffer (eglot--managed-buffers server))
    (when (buffer-live-p buffer)
      (with-current-buffer buffer (eglot--signal-textDocument/didChange)))))

;;; lsp-mode

(defun joule-ls--lsp-action (action)
  "Execute ACTION, a command of ours that was chosen in lsp-mode's menu."
  (joule-ls--execute (joule-ls--get action :command) (elt (joule-ls--get action :arguments) 0)))

(defun joule-ls--lsp-progress (_workspace params)
  "Show the progress in PARAMS."
  (joule-ls--on-progress (joule-ls--get params :token) (joule-ls--get params :value)))

(defun joule-ls--table (keys value)
  "Return a hash table with VALUE at each of KEYS."
  (let ((table (make-hash-table :test #'equal)))
    (dolist (key keys table) (puthash key value table))))

(with-eval-after-load 'lsp-mode
  (lsp-register-client
   (make-lsp-client
    :server-id 'joule-ls
    :new-connection (lsp-stdio-connection (lambda () joule-ls-command))
    :major-modes (mapcar (lambda (mode) (if (consp mode) (car mode) mode)) joule-ls-modes)
    :add-on? t
    :initialization-options #'joule-ls--section
    ;; lsp-mode would wait for each answer, and send each command to every server of the buffer.
    :action-handlers (joule-ls--table '("joule.run" "joule.cancel" "joule.insertKept" "joule.dropKept"
                                        "joule.retry" "joule.dismiss" "joule.pull" "joule.report")
                                      #'joule-ls--lsp-action)
    :notification-handlers (joule-ls--table '("$/progress") #'joule-ls--lsp-progress))))

(provide 'joule-ls)
;;; joule-ls.el ends here
