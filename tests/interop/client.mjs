// A body's system, written with a stock client: finds the portal, proves itself, sends a draft.
// The key comes as a JWK on standard input: client.mjs ISSUER CLIENT_ID KID AGREEMENT_FILE
import { readFileSync } from "node:fs";
import * as client from "openid-client";

const [issuer, clientId, kid, file] = process.argv.slice(2);
const jwk = JSON.parse(readFileSync(0, "utf8"));
const algorithm = { name: "ECDSA", namedCurve: "P-256" };
const key = await crypto.subtle.importKey("jwk", jwk, algorithm, false, ["sign"]);

const config = await client.discovery(
  new URL(issuer),
  clientId,
  undefined,
  client.PrivateKeyJwt({ key, kid }),
  { algorithm: "oauth2", execute: [client.allowInsecureRequests] },
);
const tokens = await client.clientCredentialsGrant(config, { scope: "agreements:write" });

const document = readFileSync(file, "utf8");
const address = new URL(`/api/v1/agreements/${JSON.parse(document).reference}`, issuer);
const headers = new Headers({ "Content-Type": "application/json" });
const response = await client.fetchProtectedResource(
  config,
  tokens.access_token,
  address,
  "PUT",
  document,
  headers,
);
console.log(
  JSON.stringify({
    expiresIn: tokens.expires_in,
    scope: tokens.scope,
    status: response.status,
    tag: response.headers.get("etag"),
    said: await response.json(),
  }),
);
