"""Which commit brought the trouble, told from small made-up bundles: one rule each."""

import json
from pathlib import Path

import pytest

from orchestrator.evidence.bundle.reach import CALLED, ELSEWHERE
from orchestrator.evidence.bundle.read import read_bundle
from orchestrator.evidence.bundle.suspects import BAR, Suspects, suspects
from tests.unit.small_bundle import (
    Json,
    calm,
    clock,
    commit,
    course,
    deploy,
    failing,
    write,
)

HARMLESS = (
    commit("talk", -6, "more logs", "services/shop/log.go", '@@\n+\tlogger.Info("paid", "id", id)'),
    commit("docs", -5, "docs", "docs/shop.md", "@@\n-old words about payment\n+new words"),
    commit(
        "patch",
        -4,
        "bump",
        "go.mod",
        "@@\n-\texample.org/money v1.4.1\n+\texample.org/money v1.4.2",
    ),
)


def judged(folder: Path, **given: object) -> Suspects:
    """The verdict on one dangerous commit among harmless ones, all deployed to the shop."""
    return suspects(read_bundle(write(folder, **given)))  # type: ignore[arg-type]


DANGEROUS = {
    "a lower limit": (
        "services/shop/config/db.yaml", "@@\n-  pool_size: 40\n+  pool_size: 5",
        "pool exhausted: no connection after {n} ms"),
    "a shorter time": (
        "services/shop/client.py", "@@\n-CART_TIMEOUT = 5.0\n+CART_TIMEOUT = 0.2",
        "cart call hit its timeout"),
    "less memory": (
        "charts/shop/values.yaml", "@@\n-    memory: 1Gi\n+    memory: 256Mi",
        "container killed: memory limit reached"),
    "a lock that went": (
        "services/shop/stock.go", "@@\n-\ts.mu.Lock()\n-\tdefer s.mu.Unlock()",
        "concurrent map writes in stock without lock"),
    "a thing that is no longer given back": (
        "services/shop/report.py", "@@\n-    finally:\n-        cursor.close()",
        "too many open cursors"),
    "a field that others read": (
        "services/shop/api.ts", "@@\n-  total_cents: cart.total,\n-  \"currency\": c,\n"
        "+  total_cents: cart.total,\n+  \"currency_code\": c,",
        "cannot read property 'currency' of payload"),
    "a column that was renamed": (
        "services/shop/migrations/7.sql", "@@\n+ALTER TABLE orders RENAME COLUMN region TO area;",
        'column "region" does not exist'),
    "a comparison": (
        "services/shop/stock.go", "@@\n-\tif stock < wanted {\n+\tif stock > wanted {",
        "order refused: stock below wanted"),
    "a default that was turned": (
        "services/shop/settings.py", "@@\n-STRICT_ADDRESS = False\n+STRICT_ADDRESS = True",
        "strict address check refused order"),
    "a query in a loop": (
        "services/shop/list.py", "@@\n+    for order in orders:\n"
        "+        rows = db.execute(\"SELECT price FROM prices WHERE id = :id\")",
        "slow query: SELECT price FROM prices took {n} ms"),
    "a dependency's new major": (
        "services/shop/package.json", '@@\n-    "datelib": "^2.9.1",\n+    "datelib": "^3.0.0",',
        "TypeError: datelib.parse is not a function"),
}  # fmt: skip


@pytest.mark.parametrize(("path", "diff", "message"), DANGEROUS.values(), ids=DANGEROUS)
def test_a_dangerous_change_that_speaks_of_the_errors_is_the_culprit(
    tmp_path: Path, path: str, diff: str, message: str
) -> None:
    verdict = judged(
        tmp_path,
        commits=[commit("bad", -20, "tidy up", path, diff), *HARMLESS],
        deploys=[deploy("bad", -10, "shop"), deploy("patch", -2, "shop")],
        logs=[*calm("shop"), *failing("shop", message)],
    )

    assert verdict.culprit == "bad"
    best = verdict.ranked[0]
    assert best.confidence > 0.5
    assert any("shop" in reason for reason in best.reasons)
    assert {"diff", "deploy", "log"} <= {ground.kind for ground in best.grounds}


KIND = {
    "more room": (
        "services/shop/config/db.yaml", "@@\n-  pool_size: 40\n+  pool_size: 60",
        "pool exhausted: no connection after {n} ms"),
    "a function taken out": (
        "services/shop/stock.go", "@@\n-\tif stock < wanted {\n-\t\treturn errStock\n-\t}\n"
        "+\tif err := enough(stock < wanted, errStock); err != nil {\n+\t\treturn err\n+\t}",
        "order refused: stock below wanted"),
    "code that moved": (
        "services/shop/stock.go", "@@\n-\tleft := stock - wanted\n@@\n+\tleft := stock - wanted",
        "stock left negative"),
    "words of a message": (
        "services/shop/stock.go", '@@\n-\treturn errors.New("stock is to low")\n'
        '+\treturn errors.New("stock is too low")', "stock is too low"),
    "tests": (
        "services/shop/stock_test.go", "@@\n-\tif stock < wanted {\n+\tif stock > wanted {",
        "order refused: stock below wanted"),
}  # fmt: skip


@pytest.mark.parametrize(("path", "diff", "message"), KIND.values(), ids=KIND)
def test_a_change_that_does_no_harm_is_not_blamed_for_speaking_of_the_errors(
    tmp_path: Path, path: str, diff: str, message: str
) -> None:
    verdict = judged(
        tmp_path,
        commits=[commit("kind", -10, "pool stock order", path, diff), *HARMLESS],
        deploys=[deploy("kind", -4, "shop")],
        logs=[*calm("shop"), *failing("shop", message)],
    )

    assert verdict.culprit == "none"


LOWER = "@@\n-\tmaxOpen = 50\n+\tmaxOpen = 5"
EXHAUSTED = [*calm("shop"), *failing("shop", "maxOpen reached: connections exhausted")]


def test_a_commit_of_a_library_rides_in_a_later_deploy(tmp_path: Path) -> None:
    verdict = judged(
        tmp_path,
        commits=[commit("lib", -40, "tidy", "pkg/db/open.go", LOWER), *HARMLESS],
        deploys=[deploy("patch", -3, "shop")],
        logs=EXHAUSTED,
    )

    assert verdict.culprit == "lib"
    assert any("rode in the later deploy of shop" in why for why in verdict.ranked[0].reasons)


def test_the_librarys_commit_is_blamed_and_not_the_bump_that_brought_it(tmp_path: Path) -> None:
    bump = "@@\n-\texample.org/shared/money v0.4.0\n+\texample.org/shared/money v0.5.0"
    verdict = judged(
        tmp_path,
        commits=[
            commit("lib", -40, "tidy", "shared/money/open.go", LOWER),
            commit("bump", -9, "bump money maxOpen", "services/shop/go.mod", bump),
        ],
        deploys=[deploy("bump", -3, "shop")],
        logs=EXHAUSTED,
    )

    assert [one.commit.sha for one in verdict.ranked] == ["lib", "bump"]
    assert verdict.culprit == "lib"


@pytest.mark.parametrize(("written", "live"), [(5, 6), (-10, 5)])
def test_what_went_live_after_the_beginning_is_no_suspect(
    tmp_path: Path, written: float, live: float
) -> None:
    verdict = judged(
        tmp_path,
        commits=[commit("late", written, "tidy", "services/shop/open.go", LOWER)],
        deploys=[deploy("late", live, "shop")],
        logs=EXHAUSTED,
    )

    assert (verdict.culprit, verdict.ranked) == ("none", ())


def test_another_services_change_is_less_suspect(tmp_path: Path) -> None:
    verdict = judged(
        tmp_path,
        commits=[
            commit("theirs", -9, "tidy", "services/mail/open.go", LOWER),
            commit(
                "ours", -30, "tidy", "services/shop/open.go", LOWER.replace("maxOpen", "openMax")
            ),
        ],
        deploys=[deploy("theirs", -3, "mail"), deploy("ours", -8, "shop")],
        logs=[*EXHAUSTED, *calm("mail")],
    )

    assert verdict.culprit == "ours"


def test_a_series_that_went_where_the_diff_sets_it_is_evidence(tmp_path: Path) -> None:
    verdict = judged(
        tmp_path,
        commits=[commit("lib", -9, "tidy", "pkg/db/open.go", "@@\n-\tn.a = 50\n+\tn.a = 5")],
        deploys=[deploy("lib", -3, "shop")],
        series=[*course("shop", "error_ratio", 0.01, 0.9), *course("shop", "slots_max", 50, 5)],
    )

    assert any("slots_max went where the diff sets it" in why for why in verdict.ranked[0].reasons)


def risky_and(folder: Path, logs: list[Json], **more: object) -> Suspects:
    """A risky commit whose words are not the trouble's, beside another cause."""
    rows = "@@\n-const maxRows = 900\n+const maxRows = 90"
    return judged(
        folder,
        commits=[commit("risky", -9, "tidy", "services/shop/rows.go", rows)],
        deploys=[deploy("risky", -3, "shop")],
        logs=[*calm("shop"), *logs],
        **more,
    )


OUTSIDE = {
    "provider": failing("shop", "charge failed: 503 from api.payments-r-us.com"),
    "certificate": failing("shop", "handshake failed: certificate has expired"),
    "dns": failing("shop", "lookup ledger.example.org: no such host"),
    "node": failing("shop", "write failed: no space left on device"),
    "quota": failing("shop", "send refused: quota exceeded for this month"),
    "credentials": failing("shop", "login refused: the api key was revoked"),
    "bad input": failing("shop", "cannot parse amount; order_id=A-4711 redelivered"),
}


@pytest.mark.parametrize("kind", OUTSIDE)
def test_an_outside_cause_with_its_own_evidence_clears_the_commits(
    tmp_path: Path, kind: str
) -> None:
    verdict = risky_and(tmp_path, OUTSIDE[kind])

    assert BAR < verdict.ranked[0].score < verdict.bar
    assert verdict.culprit == "none"
    assert verdict.external[0].kind == kind
    assert verdict.external[0].score >= 0.5
    assert verdict.external[0].grounds[0].data["count"] == 12


def test_a_peer_that_only_spans_name_is_a_stranger(tmp_path: Path) -> None:
    spans = [
        {"trace_id": "t", "span_id": str(n), "service": "shop", "name": "charge",
         "start": clock(n / 4), "error": "503 unavailable", "peer.service": "paya"}
        for n in range(8)
    ]  # fmt: skip
    verdict = risky_and(tmp_path, [], spans=spans)

    assert verdict.external[0].kind == "provider"
    assert "paya" in verdict.external[0].reasons[0]


def test_our_own_service_and_our_own_store_are_no_providers(tmp_path: Path) -> None:
    logs = failing("shop", "503 from cart", host="cart") + failing(
        "shop", "refused", host="redis:6379"
    )
    verdict = risky_and(tmp_path, [*logs, *calm("cart")])

    assert not [one for one in verdict.external if one.kind == "provider"]


def test_traffic_that_rose_with_the_trouble_raises_the_bar(tmp_path: Path) -> None:
    rows = [*course("shop", "error_ratio", 0.01, 0.9), *course("shop", "requests_per_sec", 90, 700)]
    verdict = risky_and(tmp_path, failing("shop", "queue full"), series=rows)

    assert verdict.external[0].kind == "traffic"
    assert verdict.bar > 0.2


def test_failures_about_many_records_are_no_bad_input(tmp_path: Path) -> None:
    verdict = risky_and(tmp_path, failing("shop", "cannot parse amount; order_id=A-{n}"))

    assert not [one for one in verdict.external if one.kind == "bad input"]


def test_a_flag_that_speaks_of_the_trouble_is_told(tmp_path: Path) -> None:
    flag = {"timestamp": clock(-2), "flag": "strict_address", "service": "shop",
            "change": "off->on", "actor": "a"}  # fmt: skip
    verdict = risky_and(tmp_path, failing("shop", "strict address check refused"), flags=[flag])

    assert verdict.external[0].kind == "flag"
    assert verdict.external[0].grounds[0].kind == "flag"


def turned(flag: str, minutes: float, service: str) -> Json:
    return {"timestamp": clock(minutes), "flag": flag, "service": service, "change": "off->on",
            "actor": "a"}  # fmt: skip


def test_a_flag_that_only_coincides_is_told_faintly_and_blames_no_less(tmp_path: Path) -> None:
    verdict = judged(
        tmp_path,
        commits=[commit("bad", -5, "tidy", "services/shop/open.go", LOWER)],
        deploys=[deploy("bad", -3, "shop")],
        flags=[turned("blue_banner", -2, "shop")],
        logs=EXHAUSTED,
    )

    assert [one.kind for one in verdict.external] == ["flag"]
    assert verdict.external[0].score < 0.2
    assert "nothing that is seen" in verdict.external[0].reasons[0]
    assert verdict.culprit == "bad"


@pytest.mark.parametrize(
    ("minutes", "service"), [(20, "shop"), (-2, "elsewhere")], ids=["turned later", "elsewhere"]
)
def test_a_flag_turned_later_or_elsewhere_is_not_told(
    tmp_path: Path, minutes: float, service: str
) -> None:
    verdict = risky_and(
        tmp_path, failing("shop", "pool full"), flags=[turned("big_pool", minutes, service)]
    )

    assert not [one for one in verdict.external if one.kind == "flag"]


def calling(folder: Path, *edges: tuple[str, str]) -> None:
    (folder / "topology.json").write_text(json.dumps({"edges": edges}))


def test_a_flag_of_a_silent_service_that_one_in_trouble_calls_is_told(tmp_path: Path) -> None:
    calling(tmp_path, ("shop", "stock"))
    verdict = risky_and(
        tmp_path, failing("shop", "pool full"), flags=[turned("big_pool", -2, "stock")]
    )

    assert "flag" in {one.kind for one in verdict.external}


@pytest.mark.parametrize(
    ("edges", "weight"),
    [
        ((), ELSEWHERE),
        ((("stock", "shop"),), ELSEWHERE),
        ((("shop", "cart"), ("cart", "stock")), CALLED**2),
        ((("shop", "stock"),), CALLED),
    ],
    ids=["unknown", "it calls the shop", "two calls away", "the shop calls it"],
)
def test_a_change_to_a_silent_service_counts_by_how_the_troubled_one_calls_it(
    tmp_path: Path, edges: tuple[tuple[str, str], ...], weight: float
) -> None:
    calling(tmp_path, *edges)
    verdict = judged(
        tmp_path,
        commits=[commit("bad", -5, "tidy", "services/stock/open.go", LOWER)],
        deploys=[deploy("bad", -3, "stock")],
        logs=EXHAUSTED,
    )

    assert verdict.ranked[0].way.weight == pytest.approx(weight)


def test_a_stray_complaint_before_the_trouble_is_not_its_beginning(tmp_path: Path) -> None:
    stray = {"timestamp": clock(-6), "service": "shop", "severity": "WARN", "message": "slow once"}
    verdict = judged(
        tmp_path,
        commits=[commit("bad", -5, "tidy", "services/shop/open.go", LOWER)],
        deploys=[deploy("bad", -3, "shop")],
        logs=[stray, *EXHAUSTED],
    )

    assert verdict.culprit == "bad"


def test_new_work_that_the_errors_speak_of_is_the_culprit(tmp_path: Path) -> None:
    audit = "@@\n+\tgo func() { audit.client.Send(order) }()\n+\taudit.Pending.add(order)"
    verdict = judged(
        tmp_path,
        commits=[commit("work", -9, "tidy", "services/shop/audit.go", audit), *HARMLESS],
        deploys=[deploy("work", -3, "shop")],
        logs=[*calm("shop"), *failing("shop", "audit pending full: goroutine limit")],
    )

    assert verdict.culprit == "work"


def test_commits_without_diffs_are_hardly_suspect(tmp_path: Path) -> None:
    verdict = judged(
        tmp_path,
        commits=[commit("blank", -9, "lower maxOpen", "services/shop/open.go", None)],
        deploys=[deploy("blank", -3, "shop")],
        logs=EXHAUSTED,
    )

    assert verdict.culprit == "none"
    assert "its diff is not given" in verdict.ranked[0].reasons[0]


def test_a_commit_whose_clock_runs_ahead_is_still_judged_by_its_deploy(tmp_path: Path) -> None:
    verdict = judged(
        tmp_path,
        commits=[commit("ahead", 55, "tidy", "services/shop/open.go", LOWER)],
        deploys=[deploy("ahead", -3, "shop")],
        logs=EXHAUSTED,
    )

    assert verdict.culprit == "ahead"


def test_a_hash_that_is_there_twice_is_judged_once_by_its_fuller_diff(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        commits=[
            commit("twin", -9, "tidy", "services/shop/open.go", None),
            commit("twin", -8, "tidy", "services/shop/open.go", LOWER),
        ],
        deploys=[deploy("twin", -3, "shop")],
        logs=EXHAUSTED,
    )
    bundle = read_bundle(folder)

    assert suspects(bundle).culprit == "twin"
    assert any("more than once" in note for note in bundle.notes.lines())


def test_without_changes_there_is_nothing_to_judge(tmp_path: Path) -> None:
    folder = write(tmp_path, logs=EXHAUSTED)
    (folder / "changes.json").unlink()

    assert suspects(read_bundle(folder)).culprit is None


def test_without_telemetry_no_commit_is_blamed_for_its_words(tmp_path: Path) -> None:
    verdict = judged(
        tmp_path,
        summary="",
        commits=[commit("new", -9, "shop", "services/shop/x.go", "@@\n+\tx := rows[0]")],
        deploys=[deploy("new", -3, "shop")],
        series=[],
    )

    assert verdict.culprit == "none"


def test_the_same_bundle_gives_the_same_verdict(tmp_path: Path) -> None:
    folder = write(
        tmp_path, commits=HARMLESS, deploys=[deploy("patch", -2, "shop")], logs=EXHAUSTED
    )

    assert suspects(read_bundle(folder)) == suspects(read_bundle(folder))
