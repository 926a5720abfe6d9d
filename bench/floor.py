"""The floor: a bare Flask handler with one durable insert of a kilobyte, on the same server as sayso."""

from __future__ import annotations

import sqlite3
import sys
import threading

from flask import Flask, request

KILOBYTE = b"x" * 1024


def make_app(database: str) -> Flask:
    """A Flask app that stores each POST's body in one committed row."""
    app, local = Flask("floor"), threading.local()

    def connection() -> sqlite3.Connection:
        if not hasattr(local, "connection"):
            local.connection = sqlite3.connect(database, timeout=15, isolation_level=None)
            for pragma in ("journal_mode=WAL", "synchronous=FULL"):
                local.connection.execute(f"PRAGMA {pragma}")
        return local.connection  # type: ignore[no-any-return]

    def psycopg_insert() -> None:
        import psycopg

        if not hasattr(local, "pg"):
            local.pg = psycopg.connect(database, autocommit=True)
        local.pg.execute("INSERT INTO floor (body) VALUES (%s)", (KILOBYTE,))

    is_postgres = database.startswith("postgresql")
    if is_postgres:
        import psycopg

        with psycopg.connect(database, autocommit=True) as first:
            first.execute("CREATE TABLE IF NOT EXISTS floor (id BIGSERIAL PRIMARY KEY, body BYTEA)")
    else:
        connection().execute("CREATE TABLE IF NOT EXISTS floor (id INTEGER PRIMARY KEY, body BLOB)")

    @app.post("/hold")
    def hold() -> tuple[str, int]:
        request.get_data()
        if is_postgres:
            psycopg_insert()
        else:
            connection().execute("INSERT INTO floor (body) VALUES (?)", (KILOBYTE,))
        return '{"ok": true}', 201

    return app


if __name__ == "__main__":
    from waitress import serve

    serve(make_app(sys.argv[2]), host="127.0.0.1", port=int(sys.argv[1]), threads=8, send_bytes=1_000_000)
