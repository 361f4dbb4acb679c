"""What the edge counts, as users see it, in the text format that Prometheus scrapes."""

from collections import Counter

BUCKETS = (0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1.0, 2.5, 5.0)


CLIENTS = 1000
"""Addresses that are told apart; whoever invents more is counted together."""

MOST = 10
"""Clients that are listed."""


class Counts:
    """All requests since the drill began."""

    def __init__(self) -> None:
        self._codes: Counter[int] = Counter()
        self._upstream: Counter[str] = Counter()
        self._buckets: Counter[float] = Counter()
        self._seconds = 0.0
        self._bytes = 0
        self._clients: dict[str, list[int]] = {}

    def add(self, client: str, code: int, seconds: float, size: int, upstream: str) -> None:
        """Count one answer."""
        if client not in self._clients and len(self._clients) >= CLIENTS:
            client = "others"
        took = self._clients.setdefault(client, [0, 0, 0])
        took[0] += size
        took[1] += 1
        took[2] += code == 403
        self._codes[code] += 1
        self._seconds += seconds
        self._bytes += size
        if upstream:
            self._upstream[upstream] += 1
        self._buckets.update(bound for bound in BUCKETS if seconds <= bound)

    def clients(self) -> list[tuple[str, int, int, int]]:
        """Address, bytes, requests, refused: of those who took most, most first."""
        most = sorted(self._clients.items(), key=lambda item: -item[1][0])
        return [(client, size, asked, refused) for client, (size, asked, refused) in most[:MOST]]

    def page(self, version: str) -> str:
        """Everything, as one page of text."""
        name, total = "http_request_duration_seconds", self._codes.total()
        lines = [
            "# TYPE http_requests_total counter",
            *(f'http_requests_total{{code="{c}"}} {n}' for c, n in sorted(self._codes.items())),
            "# TYPE edge_upstream_total counter",
            *(
                f'edge_upstream_total{{result="{result}"}} {count}'
                for result, count in sorted(self._upstream.items())
            ),
            "# TYPE edge_response_bytes_total counter",
            f"edge_response_bytes_total {self._bytes}",
            f"# TYPE {name} histogram",
            *(f'{name}_bucket{{le="{bound}"}} {self._buckets[bound]}' for bound in BUCKETS),
            f'{name}_bucket{{le="+Inf"}} {total}',
            f"{name}_sum {self._seconds:.6f}",
            f"{name}_count {total}",
            "# TYPE app_build_info gauge",
            f'app_build_info{{version="{version}"}} 1',
        ]
        return "\n".join(lines) + "\n"
