-- vim.lsp.enable('joule_ls'): Neovim 0.11 or newer. Change anything by vim.lsp.config('joule_ls', { ... }).
return {
  cmd = { 'joule-ls', '--stdio' },
  filetypes = { 'python', 'typescript', 'typescriptreact', 'javascript', 'javascriptreact', 'go', 'rust' },
  root_markers = { '.git' },
  settings = { joule = vim.empty_dict() },
  on_attach = function(client, bufnr)
    require('joule').attach(client, bufnr)
  end,
}
