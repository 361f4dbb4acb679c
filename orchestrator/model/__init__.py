"""The vocabulary: events, state, policy, deadlines and gates. Pure, and standard library only."""
