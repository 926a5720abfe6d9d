// A CRM that speaks through Lob's libraries of Node, `lob` or `@lob/lob-typescript-sdk`: JSON in a line asks, JSON answers.
// Only the base URL and the key are not the vendor's.
"use strict";
const fs = require("node:fs");
const readline = require("node:readline");
const [, , which, folder] = process.argv;
const library = require(folder);

function older(asked) {
  const lob = library(asked.key, { host: `${asked.url}/` });
  const given = { ...asked.given };
  if (given.path) {
    given.front = fs.createReadStream(given.path);
    delete given.path;
  }
  return {
    create: () => lob.postcards.create(given),
    letter: () => lob.letters.create(given),
    fetch: () => lob.postcards.retrieve(given.id),
    list: () => lob.postcards.list(given),
    cancel: () => lob.postcards.delete(given.id),
    address: () => lob.addresses.create(given),
  }[asked.act]();
}

const LIST = ["limit", "before", "after", "include", "date_created", "metadata", "size", "scheduled", "send_date",
  "mail_type", "sort_by"];

function typed(asked) {
  const config = new library.Configuration({ username: asked.key, basePath: asked.url });
  const cards = new library.PostcardsApi(config);
  const given = asked.given;
  return {
    create: () => cards.create(new library.PostcardEditable(given)),
    letter: () => new library.LettersApi(config).create(new library.LetterEditable(given)),
    fetch: () => cards.get(given.id),
    list: () => cards.list(...LIST.map((name) => given[name])),
    cancel: () => cards.cancel(given.id),
    address: () => new library.AddressesApi(config).create(new library.AddressEditable(given)),
  }[asked.act]();
}

function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Date) return value.toISOString();
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name.replace(/^_/, ""), plain(one)]));
}

async function answer(asked) {
  try {
    const found = await { older, typed }[which](asked);
    return { said: plain(found) };
  } catch (error) {
    const status = error.status_code || error.statusCode || (error.response && error.response.status) || error.status;
    if (!status) throw error;
    return { error: error.constructor.name, status, message: error.message };
  }
}

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
  }
})();
