"""Every number of a post-incident review a second time, from the journal's raw lines alone.

Nothing here imports the orchestrator: the journal is read with `json`, lengths are taken with this
package's own arithmetic, and each line of the review is either computed again word for word, found
verbatim in the journal with evidence that exists, or carries the mark of a gap.
"""
