-- Times nvim-coverage's refresh inside Neovim, for tests/bench/refresh: from `:Coverage`, given right after
-- another run's data was renamed over `.coverage`, to its signs placed and drawn. One JSON line a
-- round goes to BENCH_OUT; BENCH_COMMAND, BENCH_ONLY_OPEN and BENCH_ROUNDS say what to measure.

local uv = vim.uv
local rounds = tonumber(vim.env.BENCH_ROUNDS)
local out = assert(io.open(vim.env.BENCH_OUT, "w"))
local began, bytes
local round = 0

local function refresh()
  local ready = vim.fn.getcwd() .. "/next.coverage"
  assert(uv.fs_copyfile((round % 2 == 0 and "b" or "a") .. ".coverage", ready))
  began = uv.hrtime()
  assert(uv.fs_rename(ready, ".coverage"))
  require("coverage").load(true)
end

local function on_placed()
  round = round + 1
  out:write(vim.json.encode({
    ms = (uv.hrtime() - began) / 1e6,
    bytes = bytes,
    peak_mib = uv.getrusage().maxrss / 1024,
  }), "\n")
  out:flush()
  if round == rounds then
    vim.cmd("qall!")
  else
    vim.defer_fn(refresh, 50)
  end
end

local function start()
  require("coverage").setup({
    lang = {
      python = {
        coverage_command = vim.env.BENCH_COMMAND,
        only_open_buffers = vim.env.BENCH_ONLY_OPEN == "1",
      },
    },
  })
  local signs, util = require("coverage.signs"), require("coverage.util")
  local place, decode = signs.place, util.safe_decode
  signs.place = function(list)
    place(list)
    if #list == 0 then
      vim.cmd("cquit 3") -- nothing to place: not what was to be measured
    end
    vim.cmd("redraw!")
    on_placed()
  end
  util.safe_decode = function(text, callback)
    bytes = #text
    return decode(text, callback)
  end
  refresh()
end

vim.defer_fn(function()
  if not xpcall(start, function(why)
    io.stderr:write(tostring(why), "\n")
  end) then
    vim.cmd("cquit 2")
  end
end, 100)
-- Nothing here waits for ever.
vim.defer_fn(function()
  vim.cmd("cquit 4")
end, 1500000)
