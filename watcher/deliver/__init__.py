"""Channels: how a parcel leaves the house. A new channel is one new file and one line in `app`.

Each module has one callable that takes a Parcel, returns when it is delivered, and raises
DeliveryError, with a sentence and whether trying again helps, when it is not.
"""
