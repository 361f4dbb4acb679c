"""The console: what is seen and pressed. It reads journals, asks a runner, decides nothing."""

import os

os.environ.setdefault("TEXTUAL_FPS", "500")
# Textual waits out its frame before it shows a key. `tui.frame` holds back what streams, so nothing
# is gained by letting a key wait 17 ms for it. Textual reads this once, when it is imported.
