// A CRM that mails through @sendgrid/mail: a line of JSON asks, a line of JSON answers. Only base URL and key are ours.
"use strict";
const readline = require("node:readline");
const mailer = require(process.argv[2]);

async function answer(asked) {
  mailer.setApiKey(asked.key);
  mailer.client.setDefaultRequest("baseUrl", asked.url); // after setApiKey, which puts the vendor's host back
  try {
    const [heard] = await mailer.send(asked.mail);
    return { status: heard.statusCode, id: heard.headers["x-message-id"], body: heard.body };
  } catch (error) {
    if (!error.response) throw error;
    return { error: error.constructor.name, status: error.code, errors: error.response.body.errors };
  }
}

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
  }
})();
