-- Commands of joule-ls in a buffer, and its progress as one line below. Everything else is Neovim's own.
local M = {}

local function client_of(bufnr)
  local client = vim.lsp.get_clients({ name = 'joule_ls', bufnr = bufnr })[1]
  if not client then
    vim.notify('joule: no joule_ls is attached to this buffer; see :checkhealth joule', vim.log.levels.WARN)
  end
  return client
end

-- Whole lines, from `{ first, last }` as commands get them: positions of 1-based lines and 0-based columns.
local function whole(lines)
  return { start = { lines[1], 0 }, ['end'] = { lines[2], math.max(#vim.fn.getline(lines[2]) - 1, 0) } }
end

-- The lines, or the cursor, in LSP's units.
local function range_of(client, lines)
  if lines then
    local range = whole(lines)
    return vim.lsp.util.make_given_range_params(range.start, range['end'], 0, client.offset_encoding).range
  end
  local position = vim.lsp.util.make_position_params(0, client.offset_encoding).position
  return { start = position, ['end'] = position }
end

-- LSP diagnostics of the whole buffer, whoever published them. Neovim itself sends a server only its own.
local function all_diagnostics(bufnr, encoding)
  local found = {}
  for _, one in ipairs(vim.diagnostic.get(bufnr)) do
    local lsp = vim.lsp.diagnostic.from({ one })[1]
    if not (one.user_data and one.user_data.lsp) then
      for which, place in pairs({ start = { one.lnum, one.col }, ['end'] = { one.end_lnum or one.lnum, one.end_col or one.col } }) do
        local line = vim.api.nvim_buf_get_lines(bufnr, place[1], place[1] + 1, false)[1] or ''
        lsp.range[which] = { line = place[1], character = vim.str_utfindex(line, encoding, place[2], false) }
      end
    end
    table.insert(found, lsp)
  end
  return found
end

local function execute(client, bufnr, command, argument)
  client:request('workspace/executeCommand', { command = command, arguments = { argument } }, function(err)
    if err then
      vim.notify('joule: ' .. err.message, vim.log.levels.ERROR)
    end
  end, bufnr)
end

--- Without an instruction the list of joule's actions, of `range` (`{ first, last }` lines) or at the cursor. With one, the
--- lines or the definition at the cursor are rewritten as it says.
function M.run(instruction, range)
  local bufnr = vim.api.nvim_get_current_buf()
  local client = client_of(bufnr)
  if not client then
    return
  end
  if not instruction or instruction == '' then
    vim.lsp.buf.code_action({
      range = range and whole(range),
      context = { diagnostics = all_diagnostics(bufnr, client.offset_encoding) },
      filter = function(action)
        return vim.startswith(action.title, 'joule: ')
      end,
    })
    return
  end
  execute(client, bufnr, 'joule.run', {
    actionId = 'rewrite',
    uri = vim.uri_from_bufnr(bufnr),
    version = vim.lsp.util.buf_versions[bufnr],
    range = range_of(client, range),
    instruction = instruction,
  })
end

-- The one action of a kind, at once. Other servers that ignore the wanted kind are filtered out.
local function apply(kind, diagnostics)
  vim.lsp.buf.code_action({
    apply = true,
    context = { only = { kind }, diagnostics = diagnostics },
    filter = function(action)
      return action.kind == kind
    end,
  })
end

function M.implement()
  apply('refactor.rewrite.joule.implement', {})
end

--- Mends what any server or linter complains about at the cursor, else in the definition around it.
function M.fix()
  local bufnr = vim.api.nvim_get_current_buf()
  local client = client_of(bufnr)
  if client then
    apply('quickfix.joule.fix', all_diagnostics(bufnr, client.offset_encoding))
  end
end

--- Cancels all jobs of this workspace's server.
function M.cancel()
  local bufnr = vim.api.nvim_get_current_buf()
  local client = client_of(bufnr)
  if client then
    execute(client, bufnr, 'joule.cancel', vim.empty_dict())
  end
end

--- Opens the page of what the answers cost.
function M.report()
  local bufnr = vim.api.nvim_get_current_buf()
  local client = client_of(bufnr)
  if client then
    execute(client, bufnr, 'joule.report', vim.empty_dict())
  end
end

function M.attach(_, bufnr)
  local function command(name, run, options)
    vim.api.nvim_buf_create_user_command(bufnr, name, run, options)
  end
  command('JouleRun', function(args)
    M.run(args.args, args.range > 0 and { args.line1, args.line2 } or nil)
  end, { nargs = '?', range = true, desc = 'joule: list actions, or rewrite as the instruction says' })
  command('JouleImplement', M.implement, { desc = 'joule: implement the stub at the cursor' })
  command('JouleFix', M.fix, { desc = 'joule: fix what is complained about here' })
  command('JouleCancel', M.cancel, { desc = 'joule: cancel the running jobs' })
  command('JouleReport', M.report, { desc = 'joule: show what the answers cost' })
end

local titles = {}

vim.api.nvim_create_autocmd('LspProgress', {
  group = vim.api.nvim_create_augroup('joule_progress', {}),
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if not client or client.name ~= 'joule_ls' then
      return
    end
    local token, value = event.data.params.token, event.data.params.value
    titles[token] = value.title or titles[token]
    local text = ((titles[token] or 'joule') .. (value.message and (' · ' .. value.message) or '')):gsub('%s+', ' ')
    local ended = value.kind == 'end'
    if ended then
      titles[token] = nil
      if vim.startswith(value.message or '', 'kept') or vim.startswith(value.message or '', 'failed') then
        return -- a message of the server says why, and stays readable
      end
    end
    -- One line, in place of the last: anything longer would ask for Enter.
    vim.cmd.redraw()
    vim.api.nvim_echo({ { vim.fn.strcharpart(text, 0, vim.v.echospace) } }, ended, {})
  end,
})

return M
