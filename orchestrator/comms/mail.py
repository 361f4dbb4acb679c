"""Mail: apprise reads the address, smtplib hands it over, so that who said no is known exactly.

The Message-ID comes from the key: a mailbox that gets a message twice can tell.
"""

import hashlib
import smtplib
from email.message import EmailMessage
from email.utils import formataddr, formatdate
from typing import Any

from orchestrator.comms.order import Doubt, NotTaken, Order


class Mail:
    """One recipient, and whoever is copied, over SMTP."""

    repeatable = False

    def __init__(self, parsed: Any, timeout: float) -> None:
        self._to = parsed
        self._timeout = timeout

    def place(self) -> tuple[str, int] | None:
        return self._host, int(self._to.port or 25)

    def look(self, order: Order) -> bool:
        return False

    def hand(self, order: Order) -> str:
        message = self._message(order)
        try:
            server = self._connected()
        except (OSError, smtplib.SMTPException) as error:
            raise NotTaken(_words(error), final=_refused_for_good(error)) from None
        try:
            server.send_message(message)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused) as error:
            raise NotTaken(_words(error), final=True) from None
        except smtplib.SMTPResponseException as error:  # it answered, and the answer is no
            raise NotTaken(_words(error), final=_refused_for_good(error)) from None
        except (OSError, smtplib.SMTPException) as error:
            raise Doubt(f"the connection ended before an answer: {_words(error)}") from None
        finally:
            server.close()  # what was taken is taken: a polite end could only hang
        return f"taken by {self._host}"

    @property
    def _host(self) -> str:
        return str(self._to.smtp_host or self._to.host)

    def _connected(self) -> smtplib.SMTP:
        mode, host, port = str(self._to.secure_mode), self._host, int(self._to.port or 25)
        if mode == "ssl":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=self._timeout)
        else:
            server = smtplib.SMTP(host, port, timeout=self._timeout)
        try:
            if mode == "starttls":
                server.starttls()
            if self._to.user and self._to.password:
                server.login(self._to.user, self._to.password)
        except BaseException:
            server.close()
            raise
        return server

    def _message(self, order: Order) -> EmailMessage:
        name, address = self._to.from_addr
        message = EmailMessage()
        message["From"] = formataddr((name or "", address))
        message["To"] = ", ".join(formataddr((n or "", a)) for n, a in self._to.targets)
        if self._to.cc:
            message["Cc"] = ", ".join(sorted(self._to.cc))
        if self._to.bcc:
            message["Bcc"] = ", ".join(sorted(self._to.bcc))
        if self._to.reply_to:
            message["Reply-To"] = ", ".join(sorted(self._to.reply_to))
        message["Subject"] = order.subject
        message["Date"] = formatdate()
        name = hashlib.sha256(order.key.encode()).hexdigest()[:32]
        message["Message-ID"] = f"<{name}@{address.rpartition('@')[2] or 'warroom'}>"
        message["Auto-Submitted"] = "auto-generated"
        message["X-Warroom-Key"] = order.key
        message.set_content(order.body)
        return message


def _refused_for_good(error: Exception) -> bool:
    code = getattr(error, "smtp_code", 0)
    return isinstance(error, smtplib.SMTPAuthenticationError) or 500 <= int(code or 0) < 600


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        return f"answered {error.smtp_code} {text}"[:200]
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "the recipient was refused"
    return str(getattr(error, "strerror", "") or error or type(error).__name__)[:200]
