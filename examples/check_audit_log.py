"""Check an exported audit log without Plateau: `python check_audit_log.py audit.jsonl`.

Each line's digest is the SHA-256 of its other fields as JSON with sorted keys and no spaces; `before` is the digest of
the line above. Compare the last digest with one that was noted elsewhere: whoever changed the past had to change it.
"""

import hashlib
import json
import sys


def main(path: str) -> None:
    """Exit with 1 and name the line that does not fit."""
    before, number = "0" * 64, 0
    with open(path, encoding="utf-8") as file:  # noqa: PTH123  # a path as it was typed
        for number, line in enumerate(file, start=1):
            row = json.loads(line)
            digest = row.pop("digest")
            if row["before"] != before or row["number"] != number:
                sys.exit(f"line {number}: a line is missing before it")
            text = json.dumps(row, sort_keys=True, separators=(",", ":"))
            if hashlib.sha256(text.encode()).hexdigest() != digest:
                sys.exit(f"line {number}: it was changed")
            before = digest
    print(f"{number} events fit; the last digest is {before}")


if __name__ == "__main__":
    main(sys.argv[1])
