"""In which tables do the counts of the archive stand?"""

import sqlite3

from proxy.journal.recent import HOUR_US

DAY_US = 24 * HOUR_US
_VERSION = 2
_COUNTED = """
create table counted (
    file integer primary key, key text not null unique,
    first_us integer not null, last_us integer not null,
    by_host integer not null  -- whether its blocks are here by host, or by list alone
)"""
# Hosts of `blocked` and pages of `needed` are `turned`, so that a name and all below it stand together.
_BLOCKED = """
create table blocked (
    host text, grp text, hour_us integer, file integer, blocks integer not null,
    primary key (host, grp, hour_us, file)
) without rowid"""
_NEEDED = """
create table needed (
    page text, host text, hour_us integer, file integer, blocks integer not null,
    primary key (page, host, hour_us, file)
) without rowid"""
_BY_LIST = """
create table by_list (
    hour_us integer, list_id text, category text, file integer, blocks integer not null,
    primary key (hour_us, list_id, category, file)
) without rowid"""
_BY_DAY = """
create table by_list_and_day (
    day_us integer, list_id text, category text, blocks integer not null,
    primary key (day_us, list_id, category)
) without rowid"""
# Whatever comes into `by_list` or goes from it, the sums of its days follow in the same transaction.
_ADDED = f"""
create trigger by_list_added after insert on by_list begin
    insert into by_list_and_day
    values (new.hour_us / {DAY_US} * {DAY_US}, new.list_id, new.category, new.blocks)
    on conflict (day_us, list_id, category) do update set blocks = blocks + excluded.blocks;
end"""  # noqa: S608  (a number of ours only)
_ITS_DAY = f"""
    day_us = old.hour_us / {DAY_US} * {DAY_US} and list_id = old.list_id and category = old.category"""
_TAKEN = f"""
create trigger by_list_taken after delete on by_list begin
    update by_list_and_day set blocks = blocks - old.blocks where {_ITS_DAY};
    delete from by_list_and_day where {_ITS_DAY} and blocks = 0;
end"""  # noqa: S608  (names of ours only)
_SCHEMA = (_COUNTED, _BLOCKED, _NEEDED, _BY_LIST, _BY_DAY, _ADDED, _TAKEN)


def are_there(database: sqlite3.Connection) -> bool:
    """Say whether a database has them, in the form of this program."""
    return bool(database.execute("pragma user_version").fetchone()[0] == _VERSION)


def make(database: sqlite3.Connection) -> None:
    """Make them, empty, in place of whatever is there, unless another process has done it meanwhile.

    Call within a transaction that writes.
    """
    if are_there(database):
        return
    for (table,) in database.execute("select name from sqlite_schema where type = 'table'").fetchall():
        database.execute(f"drop table {table}")
    for statement in _SCHEMA:
        database.execute(statement)
    database.execute(f"pragma user_version = {_VERSION}")
