"""Secrets of every kind as logs, diffs, alerts and commands carry them, made from a seed.

Values are put together when a test runs, so that no file of the project holds one.
"""

import random
import string
from dataclasses import dataclass

ALNUM = string.ascii_letters + string.digits
UPPER = string.ascii_uppercase + string.digits
LOWER = string.ascii_lowercase + string.digits
HEX = "0123456789abcdef"
BASE64 = ALNUM + "+/"


@dataclass(frozen=True, slots=True)
class Planted:
    """One secret in its surroundings."""

    kind: str
    text: str
    """what a source prints; may be several lines"""
    secrets: tuple[str, ...]
    """what nobody may find again"""
    clue: str = ""
    """what must stay, so that a reader knows which secret it was"""


def planted(seed: int) -> list[Planted]:
    """One of each kind; another seed gives other values."""
    return [*_named(_Maker(seed)), *_tokens(_Maker(seed + 1)), *_blocks(_Maker(seed + 2))]


class _Maker:
    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def __call__(self, length: int, letters: str = ALNUM) -> str:
        """Letters of a kind, one digit and one letter among them at least."""
        body = "".join(self._chance.choice(letters) for _ in range(length - 2))
        return f"{body}{self._chance.choice(letters[:6])}7"

    def password(self) -> str:
        return self(9) + self._chance.choice("!#%*^~") + self(5)


def _named(make: _Maker) -> list[Planted]:
    def one(kind: str, before: str, after: str = "", clue: str = "", value: str = "") -> Planted:
        value = value or make.password()
        return Planted(kind, f"{before}{value}{after}", (value,), clue or before[:12].strip())

    basic = make(28) + "=="
    return [
        one("env", "DB_PASSWORD=", clue="DB_PASSWORD"),
        one("env-short", "MYSQL_PWD=", clue="MYSQL_PWD"),
        one("env-camel", "dbPass=", " next=1", "dbPass"),
        one("properties", "spring.datasource.password = ", clue="spring.datasource.password"),
        one("json", '{"user":"app","db_password":"', '","port":5432}', "db_password"),
        one("json-in-json", r"{\"api_key\": \"", r"\", \"n\": 1}", "api_key", make(24)),
        one("yaml", "  client_secret: ", clue="client_secret"),
        one("php-array", "'password' => '", "',", "password"),
        one("diff", '+    secretKey = "', '"', "secretKey"),
        one("query", "GET /login?user=kim&token=", "&page=2 200", "page=2", make(24)),
        one("quoted-words", 'password: "correct horse ', '"', "password"),
        one("flag", "tool --password ", " --verbose", "--verbose"),
        one("flag-equals", "tool --db-password=", " --verbose", "--db-password"),
        one("argv", '["pg", "--password", "', '", "-v"]', "--password"),
        one("mysql-flag", "mysql -h db -u root -p", " shop", "-u root"),
        one("curl-user", "curl -s -u admin:", " https://api.example", "admin"),
        one("sshpass", "sshpass -p ", " ssh host", "ssh host"),
        one("redis-flag", "redis-cli -h cache -a ", " ping", "ping"),
        one("sql", "ALTER USER app IDENTIFIED BY '", "';", "ALTER USER app"),
        one("postgres-url", "postgres://app:", "@db:5432/shop", "db:5432/shop"),
        one("redis-url", "REDIS_URL=redis://:", "@cache:6379/0", "cache:6379"),
        one("url-with-at", "amqp://app:x@", "@mq:5672", "mq:5672"),
        one("go-dsn", "dsn root:", "@tcp(db:3306)/shop", "tcp(db:3306)"),
        one("jdbc", "jdbc:oracle:thin:scott/", "@db:1521", "scott"),
        one("keyword-dsn", "host=db user=app password=", " dbname=shop", "dbname=shop"),
        one("ado-net", "Server=db;User Id=sa;Password=", ";Encrypt=true", "Encrypt=true"),
        one("bearer", "Authorization: Bearer ", clue="Bearer", value=make(40)),
        one("basic", "authorization: Basic ", clue="Basic", value=basic),
        one("loose-bearer", "sent bearer ", " twice", "twice", make(32)),
        one("api-key-header", "X-Api-Key: ", clue="X-Api-Key", value=make(32)),
        one("cookie", "Cookie: theme=dark; cart=", "; x=y", "Cookie", make(24)),
        one("set-cookie", "Set-Cookie: JSESSIONID=", "; Path=/", "Set-Cookie", make(32, UPPER)),
        one("curl-header", "curl -H 'Cookie: a=", "' http://shop", "http://shop", make(24)),
        one("presigned", "https://b.s3/x?X-Amz-Signature=", "&v=1", "v=1", make(64, HEX)),
        one("azure-sas", "https://a.blob/c?sv=2024&sig=", "&se=9", "se=9", make(40) + "%3D"),
        one("docker-auth", '{"auths":{"hub":{"auth":"', '"}}}', "auths", make(32)),
        one("pair", '{"name":"DB_PASSWORD","value":"', '"}', "DB_PASSWORD"),
    ]


def _tokens(make: _Maker) -> list[Planted]:
    def one(kind: str, prefix: str, body: str, shown: str = "{}") -> Planted:
        return Planted(kind, "at 12:00 " + shown.format(prefix + body) + " done", (body,), prefix)

    head = "ey" + "J" + make(20)
    jwt = f"{make(40)}.{make(43)}"
    return [
        one("aws-key-id", "AK" + "IA", make(16, UPPER)),
        one("aws-session", "AS" + "IA", make(16, UPPER)),
        Planted("jwt", f"user {head}.{jwt} in", tuple(jwt.split(".")), "ey" + "J"),
        one("github", "gh" + "p_", make(36)),
        one("github-fine", "github_" + "pat_", make(50)),
        one("gitlab", "gl" + "pat-", make(20)),
        one("slack", "xo" + "xb-", f"{make(11, '0123456789')}-{make(24)}"),
        one("slack-hook", "hooks.slack.com/" + "services/", f"T{make(8)}/B{make(8)}/{make(24)}"),
        one("stripe", "sk_" + "live_", make(24)),
        one("stripe-hook", "wh" + "sec_", make(32)),
        one("twilio", "S" + "K", make(32, HEX)),
        one("sendgrid", "S" + "G.", f"{make(22)}.{make(43)}"),
        one("npm", "np" + "m_", make(36)),
        one("npmrc", "_authToken" + "=", make(36), "//registry/:{}"),
        one("pypi", "py" + "pi-", "AgEIcHlwaS5vcmc" + make(80)),
        one("openai", "s" + "k-", f"{make(20)}T3BlbkFJ{make(20)}"),
        one("google-key", "AI" + "za", make(35)),
        one("google-oauth", "ya" + "29.", make(60)),
        one("azure-secret", make(3) + "8" + "Q~", make(34)),
        one("azure-storage", "Account" + "Key=", make(86, BASE64) + "==", "Name=x;{};Suffix=y"),
        one("service-bus", "SharedAccess" + "Key=", make(43, BASE64) + "="),
        one("docker-pat", "dckr_" + "pat_", make(27)),
        one("vault", "hv" + "s.", make(24)),
        one("telegram", make(9, "123456789") + ":", "AA" + make(33), "bot{}"),
        one("crypt", "$6$", f"{make(16)}${make(86)}", "root:{}:19000:0:"),
        one("aws-secret", 'aws_secret_access_key="', make(40, BASE64), '{}"'),
    ]


def _blocks(make: _Maker) -> list[Planted]:
    body = [make(64, BASE64) for _ in range(4)]
    begin, end = (f"-----{word} RSA PRIVATE" + " KEY-----" for word in ("BEGIN", "END"))
    ssh = [make(70, BASE64) for _ in range(3)]
    ssh_begin, ssh_end = (f"-----{w} OPENSSH PRIVATE" + " KEY-----" for w in ("BEGIN", "END"))
    stamped = [f"2026-01-01T00:00:00Z pod-1 {line}" for line in (begin, *body, end)]
    one_line = "\\n".join((begin, *body, end))
    client, token, hidden, opaque, plain = (make(n) for n in (80, 40, 18, 30, 16))
    return [
        Planted("pem", "\n".join((begin, *body, end)), tuple(body)),
        Planted("pem-diff", "\n".join(f"+{x}" for x in (begin, *body, end)), tuple(body)),
        Planted("pem-stamped", "\n".join(stamped), tuple(body), "pod-1"),
        Planted("pem-cut", "\n".join((begin, *body, "INFO next")), tuple(body), "INFO next"),
        Planted("ssh-key", "\n".join((ssh_begin, *ssh, ssh_end)), tuple(ssh)),
        Planted(
            "gcp-account",
            f'{{"type": "service_account", "private_key": "{one_line}\\n", "client_id": "1"}}',
            tuple(body),
            "service_account",
        ),
        Planted(
            "kube-config",
            f"users:\n- name: kim\n  user:\n    client-key-data: {client}\n    token: {token}",
            (client, token),
            "client-key-data",
        ),
        Planted("yaml-block", f"db:\n  password: |\n    {hidden}\n  port: 1", (hidden,), "port: 1"),
        Planted(
            "env-list", f"env:\n- name: DB_PASSWORD\n  value: {hidden}", (hidden,), "DB_PASSWORD"
        ),
        Planted(
            "kubernetes-secret",
            f"apiVersion: v1\ndata:\n  tls.bin: {opaque}\n  other: {plain}\nkind: Secret",
            (opaque, plain),
            "tls.bin",
        ),
    ]
