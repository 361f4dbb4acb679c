"""Ordinary log lines without a secret: many styles, from a seed."""

import random

LINES = (
    "{t} INFO  [http-{n}] c.s.o.OrderService#placeOrder:{n} order {n} placed in {n} ms",
    '{t} {{"level":"info","msg":"request served","path":"/orders/{n}","status":200,"trace":"{h}"}}',
    '10.0.{b}.{b} - kim [01/Jan/2026:00:00:{s} +0000] "GET /items/{n}?page={b} HTTP/1.1" 200 {n}',
    "{t} WARN  pool exhausted: {b} of {b} connections in use, waited {n} ms",
    "{t} ERROR PoolTimeout: no connection within 0.5 s (request {u})",
    "    at com.shop.orders.Pool.acquire(Pool.java:{b})",
    "{t} DEBUG token bucket refilled: tokens={n} rate={b}/s",
    "{t} INFO  authentication succeeded for user kim via password",
    "{t} WARN  token expired for session of kim, redirecting to /login",
    "{t} INFO  cache hit ratio 0.{b} key=orders:{n} ttl={b}s",
    "{t} INFO  deploy {g} finished, image shop/orders@sha256:{h}{h}",
    "{t} INFO  kafka partition=orders-{b} offset={n} lag={b}",
    "Jan  1 00:00:{s} host-{b} kernel: oom-kill: task=orders pid={n} total-vm:{n}kB",
    "{t} INFO  Started TokenService in {b}.{b} seconds, passing {n} checks",
    "{t} INFO  cookie banner shown to {n} users; basic plan: {b}; api key rotation skipped",
    "SELECT id, name FROM users WHERE id = {n} -- rows: {b}",
    "{t} INFO  GET http://inventory:8080/stock/{n} -> 200 in {b} ms",
    "{t} WARN  password reset requested {b} times, secret santa job took {n} ms",
    "{t} ERROR upstream returned 401 Unauthorized: invalid credentials",
    "+    return [order for order in orders if order.id != {n}]",
    "{t} INFO  key {u} -> shard {b} (primary)",
    "{t} INFO  signing in took {b} ms; pass {b} of 3; access granted",
)


def clean_log(count: int, seed: int) -> list[str]:
    chance = random.Random(seed)

    def letters(length: int) -> str:
        return "".join(chance.choice("0123456789abcdef") for _ in range(length))

    made = []
    for number in range(count):
        second = f"{number // 60 % 60:02d}:{number % 60:02d}"
        made.append(
            chance.choice(LINES).format(
                t=f"2026-01-01T00:{second}.{number % 1000:03d}Z",
                s=f"{number % 60:02d}",
                n=chance.randint(100, 99_999),
                b=chance.randint(1, 64),
                h=letters(32),
                g=letters(40),
                u="-".join(letters(n) for n in (8, 4, 4, 4, 12)),
            )
        )
    return made
