-- Sends the bytes of a file over and over, as they are.
local bytes

function init(args)
  local file = assert(io.open(args[1], "rb"))
  bytes = file:read("*a")
  file:close()
end

function request()
  return bytes
end
