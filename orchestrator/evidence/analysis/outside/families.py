"""Families of errors by the words in which databases, kernels and libraries put them."""

import re

LOCKED = re.compile(
    r"(?i)database (?:table |schema )?is locked|SQLITE_(?:BUSY|LOCKED)"
    r"|lock timeout|lock wait timeout|LockNotAvailable|could not obtain lock"
    r"|dead ?lock (?:detected|found)|deadlocked on lock|DeadlockDetected|ORA-000(?:60|54)\b"
)
"""Waiting for a lock in vain: SQLite, PostgreSQL, MySQL, Oracle, SQL Server."""

FULL = re.compile(
    r"(?i)no space left|ENOSPC|errno 28\b|file (?:is )?too large|EFBIG|errno 27\b"
    r"|quota exceeded|EDQUOT|errno 122\b|dis[ck] (?:is )?(?:full|quota)|or disk is full"
    r"|SQLITE_FULL|could not extend file|DiskFull|The table '[^']*' is full"
    r"|read-only file ?system|EROFS|errno 30\b"
)
"""Nowhere to write: devices, file size limits, quotas, file systems that went read-only."""

_TURNED_AWAY = r"connect.{0,80}refused|refused.{0,20}connect|errno 111\b"
"""A connection was refused. A card, an order or a login that somebody refuses is an answer."""

UNREACHED = re.compile(
    rf"(?i)connection (?:was |is )?(?:reset|aborted|closed)|ECONN\w+|{_TURNED_AWAY}"
    r"|timed? ?out|unreachable|no route to host|EHOSTUNREACH|ETIMEDOUT|broken pipe"
    r"|unavailable|bad gateway|\b50[234]\b|remote end closed|server disconnected|not respond"
    r"|failed to connect|could not connect|cannot connect|connect(?:ion)? (?:error|failed)"
)
"""Somebody who was called did not answer."""

REFUSED = re.compile(rf"(?i){_TURNED_AWAY}|ECONNREFUSED|unreachable|no route to host|EHOSTUNREACH")
"""Nobody listens there: no time-out of ours, however short, makes that."""

EXHAUSTED = re.compile(
    r"(?i)pool ?(?:timeout|exhausted|limit|is full)|pool\w{0,40}timeout|exhausted"
    r"|no (?:free |idle |available )?connections? (?:is )?(?:available|left|free|within|in pool)"
    r"|too many (?:connections|clients|open files)|connection slots|queue (?:is )?full|QueueFull"
    r"|nothing to (?:rent|lend)|(?:size|limit) \d+,? .{0,20}in use"
)
"""A bounded thing ran out: by itself it only says that those who hold it do not give it back."""

EXPIRED = re.compile(
    r"(?i)certificates? (?:has |is |was )?(?:expired|not yet valid)|x509: .*expired"
    r"|CERTIFICATE_VERIFY_FAILED|certificate verify failed|cert(?:ificate)?_?expired"
    r"|certificate (?:is )?(?:unknown|revoked|required)|tls.{0,20}handshake.{0,20}certificate"
)

UNRESOLVED = re.compile(
    r"(?i)no such host|NXDOMAIN|SERVFAIL|could not resolve|name or service not known"
    r"|temporary failure in name resolution|getaddrinfo|EAI_AGAIN|ENOTFOUND"
    r"|nodename nor servname|(?:name|dns) (?:resolution|lookup)"
)
