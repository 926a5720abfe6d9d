"""A CRM that speaks through SendGrid's Python library, any version of it: a line of JSON asks, a line of JSON answers.

Only the host and the key are not the vendor's.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """What came of one mail: its id, or the library's own error."""
    client = SendGridAPIClient(asked["key"], host=asked["url"])
    try:
        heard = client.client.mail.send.post(request_body=asked["mail"])
    except HTTPError as error:
        errors = json.loads(error.body)["errors"]
        return {"error": type(error).__name__, "status": error.status_code, "errors": errors}
    return {"status": heard.status_code, "id": heard.headers["X-Message-Id"]}


for line in sys.stdin:
    sys.stdout.write(json.dumps(answer(json.loads(line))) + "\n")
    sys.stdout.flush()
