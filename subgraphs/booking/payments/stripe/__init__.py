"""Stripe: PaymentIntents with manual capture, through Stripe's own package."""
