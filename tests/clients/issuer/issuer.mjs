// An OpenID Connect provider that knows nothing of this project: real discovery, registration, consent, PKCE, resource indicators (RFC
// 8707) and JWT access tokens (RFC 9068). Everybody who is sent to it is ada, and agrees.
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import Provider from "oidc-provider";

export const ROBOT = { client_id: "robot", client_secret: "a secret of the robot alone" };
export const SCOPES = "notes:read notes:write";

/** Starts it on this port, and returns what stops it. */
export async function start(port) {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const key = { ...privateKey.export({ format: "jwk" }), kid: "issuer-1", use: "sig", alg: "RS256" };
  const provider = new Provider(`http://127.0.0.1:${port}`, {
    clients: [{ ...ROBOT, grant_types: ["client_credentials"], redirect_uris: [], response_types: [] }],
    cookies: { keys: ["a key for cookies"] },
    jwks: { keys: [key] },
    scopes: ["openid", "offline_access", ...SCOPES.split(" ")],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      registration: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => undefined,
        useGrantedResource: () => true,
        getResourceServerInfo: (_, resource) => ({
          audience: resource,
          scope: SCOPES,
          accessTokenFormat: "jwt",
          accessTokenTTL: 600,
          jwt: { sign: { alg: "RS256" } },
        }),
      },
    },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    ttl: { AccessToken: 600, ClientCredentials: 600, Grant: 600, Interaction: 600, Session: 600 },
  });

  async function agree(request, response) {
    const { prompt, params, session } = await provider.interactionDetails(request, response);
    if (prompt.name === "login") return provider.interactionFinished(request, response, { login: { accountId: "ada" } });
    const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    if (params.scope) grant.addOIDCScope(params.scope);
    grant.addResourceScope(params.resource, SCOPES);
    const consent = { grantId: await grant.save() };
    return provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true });
  }

  const answer = provider.callback();
  const server = http.createServer((request, response) => {
    if (!request.url.startsWith("/interaction/")) return answer(request, response);
    agree(request, response).catch((error) => response.writeHead(500).end(String(error)));
  });
  await once(server.listen(port, "127.0.0.1"), "listening");
  return () => {
    server.closeAllConnections();
    server.close();
  };
}
