import pytest

from proxy.journal.duck import DatabaseError, literal, opened


@pytest.fixture
def database(tmp_path):
    connection = opened(tmp_path / "archive")
    yield connection
    connection.close()


@pytest.mark.parametrize(
    "sql",
    [
        pytest.param("select * from read_text('{outside}')", id="a file elsewhere"),
        pytest.param("select * from read_text('{archive}/../outside')", id="a way round"),
        pytest.param("copy (select 1) to '{outside}.csv'", id="writing elsewhere"),
        pytest.param("attach '{outside}.db' as other", id="another database"),
        pytest.param("install httpfs", id="an extension"),
        pytest.param("load httpfs", id="an extension that may be there"),
        pytest.param("select * from read_text('https://example.org/')", id="the network"),
        pytest.param("set enable_external_access = true", id="opening it again"),
        pytest.param("set allowed_directories = ['/']", id="more directories"),
        pytest.param("set memory_limit = '1TB'", id="more memory"),
    ],
)
def test_it_is_shut_off(tmp_path, database, sql):
    (tmp_path / "outside").write_text("secret")
    (tmp_path / "archive").mkdir()

    with pytest.raises(DatabaseError):
        database.execute(sql.format(outside=tmp_path / "outside", archive=tmp_path / "archive")).fetchall()
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["outside"]


def test_its_own_directory_is_open(tmp_path, database):
    (tmp_path / "archive").mkdir()
    place = tmp_path / "archive" / "it's.parquet"

    database.execute(f"copy (select 7 as n) to {literal(str(place))} (format parquet)")

    assert database.execute("select n from read_parquet($files)", {"files": [str(place)]}).fetchall() == [
        (7,)
    ]
