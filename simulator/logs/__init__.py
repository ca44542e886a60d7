"""What Exchange and Windows would write down."""
