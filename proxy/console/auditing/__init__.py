"""What does an auditor see of the record?

The record itself is `proxy.console.audit`, which everything stands on; its pages stand above people.
"""
