-- For wrk: one request over and over, out of the file that `REQUEST` names: headers, an empty line, the body.
local file = assert(io.open(os.getenv("REQUEST"), "r"))
for line in file:lines() do
  if line == "" then break end
  local name, value = line:match("^([^:]+): (.*)$")
  wrk.headers[name] = value
end
wrk.body = file:read("*a")
wrk.method = "POST"
file:close()

function done(summary, latency)
  local errors = summary.errors
  print(string.format(
    "RESULT %d %d %d %d %d",
    summary.requests,
    summary.duration,
    latency:percentile(99),
    summary.bytes,
    errors.connect + errors.read + errors.write + errors.timeout + errors.status
  ))
end
