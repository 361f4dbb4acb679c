"""The words a seed chooses from, so that no two drills read the same."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Resource:
    """One thing the service keeps, and what its module calls the parts of it."""

    items: str
    item: str
    owner: str
    amount: str
    parts: str
    find: str
    add: str
    move: str

    def words(self) -> dict[str, str]:
        """The placeholders of a resource module."""
        return {
            "items": self.items,
            "item": self.item,
            "Items": self.items.capitalize(),
            "owner": self.owner,
            "amount": self.amount,
            "parts": self.parts,
            "find": self.find,
            "add": self.add,
            "move": self.move,
        }


@dataclass(frozen=True, slots=True)
class Words:
    """Everything a seed names: the service, its resources, the pool and who works on it."""

    service: str
    resources: tuple[Resource, ...]
    pool: dict[str, str]
    states: tuple[str, ...]
    authors: tuple[str, ...]
    dependency: str = ""
    """what the service asks for its summaries"""

    @property
    def package(self) -> str:
        return self.service.replace("-", "_")


DOMAINS: dict[tuple[str, ...], tuple[tuple[str, str, str, str, str], ...]] = {
    ("storefront", "shop-api", "checkout"): (
        ("orders", "order", "customer", "total", "lines"),
        ("carts", "cart", "shopper", "amount", "entries"),
        ("refunds", "refund", "customer", "amount", "steps"),
        ("vouchers", "voucher", "holder", "worth", "uses"),
        ("returns", "parcel", "sender", "weight", "scans"),
    ),
    ("frontdesk", "booking-api", "reservations"): (
        ("bookings", "booking", "guest", "price", "nights"),
        ("rooms", "room", "house", "rate", "features"),
        ("invoices", "invoice", "guest", "total", "lines"),
        ("requests", "request", "guest", "effort", "notes"),
    ),
    ("dispatch", "fleet-api", "courier"): (
        ("trips", "trip", "driver", "fare", "stops"),
        ("parcels", "parcel", "sender", "weight", "scans"),
        ("claims", "claim", "sender", "amount", "notes"),
        ("shifts", "shift", "driver", "minutes", "breaks"),
    ),
    ("lending", "catalogue-api", "library"): (
        ("loans", "loan", "member", "fee", "renewals"),
        ("copies", "copy", "branch", "worth", "marks"),
        ("holds", "hold", "member", "places", "notes"),
        ("fines", "fine", "member", "amount", "reminders"),
    ),
    ("ticketing", "events-api", "boxoffice"): (
        ("seats", "seat", "venue", "price", "offers"),
        ("passes", "ticket", "buyer", "price", "scans"),
        ("events", "event", "venue", "capacity", "acts"),
        ("payouts", "payout", "promoter", "amount", "steps"),
    ),
}
"""Names of services, and what they keep: plural, singular, owner, amount, parts."""

DEPENDENCIES = {
    "orders": ("stock", "rates", "tariffs"),
    "bookings": ("pricing", "availability", "loyalty"),
    "trips": ("geocoder", "tariffs", "weather"),
    "loans": ("covers", "ratings", "holidays"),
    "seats": ("seatmap", "pricing", "rates"),
}
"""First thing of a domain → what a service there may depend on."""

VERBS = {
    "find": ("find", "load", "fetch", "get"),
    "add": ("add", "create", "place", "register"),
    "move": ("move", "advance", "change", "update"),
}
POOLS = (
    {"Pool": "Pool", "acquire": "acquire", "release": "release", "connection": "connection"},
    {"Pool": "ConnectionPool", "acquire": "checkout", "release": "checkin", "connection": "lent"},
    {"Pool": "Connections", "acquire": "borrow", "release": "give_back", "connection": "session"},
    {"Pool": "DbPool", "acquire": "get_conn", "release": "put_conn", "connection": "connection"},
    {"Pool": "Pool", "acquire": "take", "release": "put_back", "connection": "using"},
)
POOL_NAMES = (("pool", "pool"), ("db", "pool"), ("pool", "connections"), ("db", "database"))
"""The parameter that carries the pool, and the module it is defined in."""

STATES = (
    ("open", "held", "paid", "closed"),
    ("new", "queued", "active", "done"),
    ("draft", "pending", "confirmed", "archived"),
)
PEOPLE = (
    "Asha Kim",
    "Bela Novak",
    "Chidi Okoro",
    "Dana Weiss",
    "Emil Sand",
    "Farah Haddad",
    "Goran Ilic",
    "Hana Sato",
    "Ines Prado",
    "Jonas Lind",
)


def dependency_of(rng: Random, service: str) -> str:
    """Something that a service of that name would ask."""
    kept = next(kept for services, kept in DOMAINS.items() if service in services)
    return rng.choice(DEPENDENCIES[kept[0][0]])


def choose(rng: Random) -> Words:
    """One consistent set of names."""
    services, kept = rng.choice(list(DOMAINS.items()))
    resources = tuple(
        Resource(*names, **{verb: rng.choice(words) for verb, words in VERBS.items()})
        for names in rng.sample(kept, 3)
    )
    parameter, module = rng.choice(POOL_NAMES)
    return Words(
        service=rng.choice(services),
        resources=resources,
        pool={**rng.choice(POOLS), "pool": parameter, "pool_module": module},
        states=rng.choice(STATES),
        authors=tuple(rng.sample(PEOPLE, 4)),
    )
