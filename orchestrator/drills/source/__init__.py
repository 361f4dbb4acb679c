"""What a drill's project is made of: templates of its service, and scripts that run on their own.

The scripts here know nothing of the war room; as processes of their own they use the real clock.
"""
