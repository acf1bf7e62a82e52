"""Asks Hongkong Post at once about item numbers that a person pastes into the form.

The task `answer` ends the run with one line an item: its state, its latest event, when it was asked. Its button
HKPost leads to these items on the page, and so does its last line.

### Triage
- **Red `mark_urgent`**: there was no item number in what was pasted, or the account has no usable connection; nothing
  was asked.
- **Red `fetch`**: asking failed, and its last lines say why: the service, the credential, or a day's quota that is
  used up, reserve included. What was answered is loaded. Run it again when the cause is gone.
- **Red `fetch` with *another run holds the account***: a scheduled run did not come to these items within five
  minutes. Look at that run.
- **Red `check_quality`**: a table contradicts itself; the message names the query to look with.
- **A number is missing in `answer`'s list**: the log of `mark_urgent` names each piece that is no item number, with the
  reason; `hkpost.rejected_record` keeps them.
- **Blocks nothing**: it takes its turn with the scheduled runs, and items that were not answered stay due for them.

### What it does with known items
- An open item is asked before all others. A closed one is asked once and stays closed, unless the answer says
  otherwise; a cancelled one stays cancelled.
- A known item is asked with its own account. The account of the form is for numbers that are new.
- While a scheduled run holds the account, that run asks about the items with its next batch, in its own language.
- An item whose answer has come in a moment ago and only waits to be loaded is not asked twice.
"""

from datetime import datetime, timedelta

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, Param, TriggerRule

from hkpost_airflow.operators.answer import HkpostAnswerOperator
from hkpost_airflow.operators.fetch_now import HkpostFetchNowOperator
from hkpost_airflow.operators.load import HkpostLoadOperator
from hkpost_airflow.operators.mark_urgent import HkpostMarkUrgentOperator
from hkpost_airflow.operators.quality import HkpostQualityOperator
from hkpost_airflow.operators.terminal import HkpostMarkTerminalOperator
from hkpost_airflow.teams import current_team

TEAM = current_team()

with DAG(
    dag_id=TEAM.named("track_now"),
    description="Asks Hongkong Post at once about item numbers that a person pastes.",
    doc_md=__doc__,
    schedule=None,
    start_date=datetime(2026, 1, 1),
    catchup=False,
    dagrun_timeout=timedelta(hours=3),
    default_args={
        "owner": TEAM.name,
        "warehouse_conn_id": TEAM.named("warehouse"),
        "retries": 1,
        "retry_delay": timedelta(seconds=5),
        "execution_timeout": timedelta(hours=1),
    },
    params={
        "item_nos": Param(
            type="string",
            format="multiline",
            minLength=1,
            title="Item numbers",
            description="As many as you like, in any form: one a line, a column of a spreadsheet, parted by commas "
            "or blanks, with blanks inside (RB 123 456 785 HK).",
        ),
        "account": Param(
            TEAM.named("default"),
            type="string",
            minLength=1,
            title="Account",
            examples=[TEAM.named("default")],
            description="The connection that asks about numbers that are new; a known item keeps its own.",
        ),
        "lang": Param(
            None,
            type=["null", "string"],
            title="Language",
            enum=[None, "A", "E", "C", "S"],
            values_display={
                "null": "As the connection says",
                "A": "All three",
                "E": "English",
                "C": "Traditional Chinese",
                "S": "Simplified Chinese",
            },
            description="Of this run's requests only.",
        ),
    },
    tags=[TEAM.name, "tracking"],
) as dag:
    mark_urgent = HkpostMarkUrgentOperator(
        task_id="mark_urgent", item_nos="{{ params.item_nos }}", account="{{ params.account | trim }}"
    )
    fetch = HkpostFetchNowOperator.partial(
        task_id="fetch", lang="{{ params.lang or '' }}", map_index_template="{{ task.plan['account'] }}"
    ).expand(plan=mark_urgent.output)
    # What was answered is loaded even when fetching failed, or when the answer was there already.
    load = HkpostLoadOperator(task_id="load", trigger_rule=TriggerRule.ALL_DONE)
    mark_terminal = HkpostMarkTerminalOperator(task_id="mark_terminal")
    check_quality = HkpostQualityOperator(task_id="check_quality", counts=load.output, asset=TEAM.asset)
    answer = HkpostAnswerOperator(
        task_id="answer", item_nos="{{ params.item_nos }}", trigger_rule=TriggerRule.ALL_DONE
    )
    # A failed step never ends green, whatever ran after it.
    verdict = EmptyOperator(task_id="verdict", trigger_rule=TriggerRule.NONE_FAILED)

    fetch >> load >> mark_terminal >> check_quality >> answer
    [mark_urgent, fetch, load, mark_terminal, check_quality, answer] >> verdict
