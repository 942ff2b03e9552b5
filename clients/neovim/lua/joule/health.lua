-- :checkhealth joule. Asks the server's own doctor, so that there is one opinion.
local M = {}

function M.check()
  local health = vim.health
  health.start('joule-ls')
  if vim.fn.has('nvim-0.11') == 0 then
    health.error('Neovim 0.11 or newer is needed for vim.lsp.enable()')
    return
  end
  local cmd = vim.deepcopy((vim.lsp.config.joule_ls or {}).cmd or { 'joule-ls', '--stdio' })
  if type(cmd) ~= 'table' or vim.fn.executable(cmd[1]) == 0 then
    health.error(('%s is not on PATH'):format(tostring(cmd[1])), "vim.lsp.config('joule_ls', { cmd = { 'node', '<folder>/dist/main.js', '--stdio' } })")
    return
  end
  local doctor = vim.tbl_filter(function(word)
    return word ~= '--stdio'
  end, cmd)
  vim.list_extend(doctor, { 'doctor', '--json' })
  local done = vim.system(doctor, { text = true }):wait(30000)
  local read, report = pcall(vim.json.decode, done.stdout, { luanil = { object = true, array = true } })
  if not read or type(report) ~= 'table' then
    health.error(table.concat(doctor, ' ') .. ' gave no report', vim.split(vim.trim(done.stderr or ''), '\n'))
    return
  end
  health.info(('joule-ls %s, node %s, %s'):format(report.version, report.node, report.platform))

  for _, engine in ipairs(report.engines or {}) do
    if engine.failure then
      health.warn(('%s: %s'):format(engine.id, engine.failure.message), engine.failure.mend)
    else
      health.ok(('%s: %d models'):format(engine.id, #(engine.state.models or {})))
    end
  end
  local roles = report.roles or {}
  if roles.kind == 'chosen' then
    health.ok(roles.why or 'models are chosen')
  else
    health.error(roles.why or 'no model can answer', roles.mend)
  end

  for _, counter in ipairs(report.counters or {}) do
    health.ok('counter ' .. (counter.label or counter.title or counter.id or counter.sourceId or vim.inspect(counter)))
  end
  for _, missing in ipairs(report.missing or {}) do
    health.info(('no %s: %s%s'):format(missing.sourceId, missing.why, missing.mend and ('; ' .. missing.mend) or ''))
  end
  for _, problem in ipairs(report.problems or {}) do
    health.warn(tostring(problem))
  end

  for _, client in ipairs(vim.lsp.get_clients({ name = 'joule_ls' })) do
    health.ok(('attached to %d buffers, root %s'):format(vim.tbl_count(client.attached_buffers), tostring(client.root_dir)))
  end
end

return M
