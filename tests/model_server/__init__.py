"""A real HTTP server on loopback that speaks the Messages API and says what a script tells it to.

The product's own SDK talks to it, so nothing between the backend and the socket is pretended.
"""

from tests.model_server.reply import Reply
from tests.model_server.server import ModelServer, Received
from tests.model_server.wire import Answer, Body, Script

__all__ = ["Answer", "Body", "ModelServer", "Received", "Reply", "Script"]
