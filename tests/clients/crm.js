// A CRM that speaks through the `twilio` library of Node, any version of it: a line of JSON asks, a line of JSON answers.
// Only the base URL and the credentials are not the vendor's.
"use strict";
const readline = require("node:readline");
const twilio = require(process.argv[2]);

const PLAIN = {
  sid: "sid", account_sid: "accountSid", status: "status", body: "body", to: "to", from: "from",
  messaging_service_sid: "messagingServiceSid", direction: "direction", api_version: "apiVersion",
  num_media: "numMedia", num_segments: "numSegments", price: "price", price_unit: "priceUnit",
  error_code: "errorCode", error_message: "errorMessage", uri: "uri", subresource_uris: "subresourceUris",
};
const DATES = { date_created: "dateCreated", date_updated: "dateUpdated", date_sent: "dateSent" };
const ARGUMENTS = {
  from_: "from", status_callback: "statusCallback", media_url: "mediaUrl", content_sid: "contentSid",
  content_variables: "contentVariables", messaging_service_sid: "messagingServiceSid", schedule_type: "scheduleType",
  send_at: "sendAt", page_size: "pageSize", validity_period: "validityPeriod",
};

function shown(message) {
  const found = {};
  for (const [name, own] of Object.entries(PLAIN)) found[name] = message[own];
  for (const [name, own] of Object.entries(DATES)) {
    const at = message[own];
    if (at !== null && !(at instanceof Date && !Number.isNaN(at.getTime()))) throw new TypeError(`${own} is no date`);
    found[name] = at && Math.floor(at.getTime() / 1000);
  }
  return found;
}

function translated(given) {
  const pairs = Object.entries(given).map(([name, value]) => [ARGUMENTS[name] || name, value]);
  const found = Object.fromEntries(pairs);
  if (found.sendAt) found.sendAt = new Date(found.sendAt);
  return found;
}

const ACTS = {
  create: async (client, given) => shown(await client.messages.create(translated(given))),
  fetch: async (client, given) => shown(await client.messages(given.sid).fetch()),
  list: async (client, given) => (await client.messages.list(translated(given))).map(shown),
  page: async (client, given) => (await client.messages.page(translated(given))).instances.map(shown),
  cancel: async (client, given) => shown(await client.messages(given.sid).update({ status: "canceled" })),
  redact: async (client, given) => shown(await client.messages(given.sid).update({ body: "" })),
  delete: async (client, given) => client.messages(given.sid).remove(),
  media: async (client, given) => (await client.messages(given.sid).media.list()).map((media) => media.contentType),
};

async function answer(asked) {
  const client = twilio(asked.login, asked.secret);
  client.api.baseUrl = asked.url;
  try {
    return { said: await ACTS[asked.act](client, asked.given) };
  } catch (error) {
    if (error.status === undefined) throw error;
    return { error: error.constructor.name, status: error.status, code: error.code, message: error.message };
  }
}

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
  }
})();
