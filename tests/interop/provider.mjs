// An identity provider of stock, set up as strictly as it can be: provider.mjs PORT PORTAL. It says
// "ready" once it answers, and then a line of JSON for each thing that it took from the portal.
import { generateKeyPairSync } from "node:crypto";
import Provider from "oidc-provider";

const [port, portal] = process.argv.slice(2);
const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const key = { ...privateKey.export({ format: "jwk" }), use: "sig", alg: "ES256", kid: "own" };

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: "portal",
      redirect_uris: [`${portal}/sign-in/callback`],
      post_logout_redirect_uris: [`${portal}/signed-out`],
      token_endpoint_auth_method: "private_key_jwt",
      token_endpoint_auth_signing_alg: "ES256",
      request_object_signing_alg: "ES256",
      require_signed_request_object: true,
      id_token_signed_response_alg: "ES256",
      jwks_uri: `${portal}/.well-known/jwks.json`,
      backchannel_logout_uri: `${portal}/back-channel-logout`,
      backchannel_logout_session_required: true,
    },
  ],
  jwks: { keys: [key] },
  cookies: { keys: ["for tests"] },
  claims: { openid: ["sub"], profile: ["birthdate"] },
  clientAuthMethods: ["private_key_jwt"],
  responseTypes: ["code"],
  pkce: { required: () => true },
  // what it asks for lies on loopback, which it refuses to reach by itself
  fetch: (url, { dispatcher: _, ...options }) => fetch(url, options),
  features: {
    devInteractions: { enabled: true },
    requestObjects: { enabled: true },
    rpInitiatedLogout: { enabled: true },
    backchannelLogout: { enabled: true },
  },
  findAccount: (_, sub) => ({
    accountId: sub,
    claims: () => ({ sub, birthdate: "1980-02-29" }),
  }),
});

const tell = (what, said) => console.log(JSON.stringify({ what, ...said }));
// (a max_age of 0 it reads as prompt=login, and lets go of)
provider.on("interaction.started", ({ oidc }, { name, reasons }) =>
  tell("asks", { of: name, why: reasons, prompt: oidc.params.prompt }),
);
provider.on("authorization.success", ({ oidc }) =>
  tell("asked", { pkce: oidc.params.code_challenge_method }),
);
provider.on("grant.success", ({ oidc }) =>
  tell("gave", { to: oidc.client.clientAuthMethod, proof: Boolean(oidc.params.client_assertion) }),
);
provider.on("backchannel.success", (_, client) => tell("told", { client: client.clientId }));
for (const event of ["authorization.error", "grant.error", "backchannel.error", "server_error"]) {
  provider.on(event, (_, ...said) => {
    const error = said.at(-1) instanceof Error ? said.at(-1) : said[0];
    tell("error", { error: String(error), why: error.error_detail ?? error.error_description });
  });
}
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
