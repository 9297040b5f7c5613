"""A program that orders for its members over HTTP and never gives up: same key until an answer.

Writes what it was told for each member as JSON. Plain standard library, as a shop's.
"""

import http.client
import json
import sys
import time

number, crowd_size, seed_path, port, told_path = (
    int(sys.argv[1]),
    int(sys.argv[2]),
    sys.argv[3],
    int(sys.argv[4]),
    sys.argv[5],
)
RETRY_S = 0.15
PATIENCE_S = 180

with open(seed_path) as file:  # noqa: PTH123
    seed = json.load(file)


class Line:
    """A keep-alive connection that is opened again after each failure."""

    def __init__(self) -> None:
        self.connection: http.client.HTTPConnection | None = None

    def post(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict]:
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            self.connection.request("POST", path, body, headers)
            answer = self.connection.getresponse()
            return answer.status, json.loads(answer.read() or b"{}")
        except (OSError, http.client.HTTPException, json.JSONDecodeError):
            self.connection.close()
            self.connection = None
            raise ConnectionError from None


def order_for(line: Line, member: int) -> dict:
    body = json.dumps({"cycle": seed["cycle_public_id"], "slot": seed["slot"], "means": "cash"})
    headers = {
        "Authorization": f"Bearer {seed['tokens'][member]}",
        "Content-Type": "application/json",
        "Idempotency-Key": f"order-of-{member}",
    }
    deadline = time.monotonic() + PATIENCE_S
    tries = 0
    while time.monotonic() < deadline:
        tries += 1
        try:
            status, answer = line.post("/api/v1/food/orders", body.encode(), headers)
        except ConnectionError:
            time.sleep(RETRY_S)
            continue
        if status == 201:
            return {"member": member, "order": answer["public_id"], "tries": tries}
        if status >= 500 or answer.get("code") == "web.still-running":
            time.sleep(RETRY_S)
            continue
        return {"member": member, "refused": answer.get("code"), "tries": tries}
    return {"member": member, "gave_up": True, "tries": tries}


line = Line()
results = [order_for(line, n) for n in range(number, len(seed["tokens"]), crowd_size)]
with open(told_path, "w") as file:  # noqa: PTH123 - a pipe would hold no more than 64 KiB
    json.dump(results, file)
