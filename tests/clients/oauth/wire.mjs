// What a client does, as lines of one file (`$WIRE`), so that afterwards the order of all of it can be looked at:
//   POST http://127.0.0.1:3001/mcp 401      a request and its answer, for every request of this process
//   BROWSER http://...                      an address that a person's browser was sent to
//   ISSUER, CALLED, SPOILED                 what the scripts note themselves
// Loaded into a client by `node --import ./wire.mjs client.mjs`, or imported.
import diagnostics from "node:diagnostics_channel";
import fs from "node:fs";
import process from "node:process";

export function note(line) {
  fs.appendFileSync(process.env.WIRE, `${line}\n`);
}

diagnostics.subscribe("undici:request:headers", ({ request, response }) => {
  note(`${request.method} ${request.origin}${request.path} ${response.statusCode}`);
});
