// Sends the spans of plan.json by the stock exporter, set up as docs/api.md says.
import { readFileSync } from "node:fs";
import { DiagConsoleLogger, DiagLogLevel, diag } from "@opentelemetry/api";
import { provider, tracer } from "./portal-traces.mjs";

diag.setLogger(new DiagConsoleLogger(), DiagLogLevel.WARN);
for (const { name, at, said } of JSON.parse(readFileSync("plan.json", "utf8"))) {
  tracer.startSpan(name, { startTime: at, attributes: said }).end(at + 1);
}
await provider.shutdown();
