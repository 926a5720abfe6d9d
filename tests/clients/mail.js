// A till that mails through nodemailer, as its own documentation has it: one mail, then what it heard as JSON.
"use strict";
const nodemailer = require(process.argv[2]);
const { smtp, mail } = JSON.parse(process.argv[3]);

nodemailer
  .createTransport(smtp)
  .sendMail(mail)
  .then((info) => ({ accepted: info.accepted, response: info.response, id: info.messageId }))
  .catch((error) => ({ code: error.code, status: error.responseCode, command: error.command }))
  .then((said) => process.stdout.write(JSON.stringify(said)));
