"""Places that name something which no case of a test types, each with its reason."""

from __future__ import annotations

# They name what was given, or whom a limit is for; there is nothing to type.
NAMED_ONLY = frozenset(
    {
        "adaptation_context:_max_tokens --max-tokens",
        "app:_unexpected “--debug”",  # the command that was typed, once more
        "browser_page:check_runtime --runtime",
        "browser_page:page_runtime --to",
        "browser_page:page_runtime --to#4",
        "callers:_origin --allowed-origin",
        "charset:_other_than_utf8 --encoding#3",
        "engine:open_engine --engine",
        "evaluate_command:_pair_file “--pairs-”",
        "first_stage_data:read_run_parts --cascade",
        "first_stage_data:read_run_parts --quantize",
        "first_stage_data:read_run_parts --quantize#2",
        "from_edits:pairs_from_edits --max-pairs",
        "from_edits:pairs_from_edits --per-group",
        "from_ratings:_read --option",
        "from_ratings:pairs_from_ratings --max-pairs",
        "from_ratings:pairs_from_ratings --min-gap",
        "from_ratings:pairs_from_ratings --per-group",
        "limits:Limits.__post_init__ --field.name",
        "model_names:make_names --alias",
        "model_names:make_names --alias#2",
        "model_names:make_names --alias#3",
        "model_names:make_names --default",
        "order:read_ratings --rating",
        "pair_columns:parse_pair_columns --pairs-columns",
        "pairs_command:_check “--label”",
        "pairs_command:_check “--kind”",
        "predict_request:_check_texts --*one",
        "predict_request:check_request “--explain”",
        "predict_request:check_request “--input”",
        "rating_scale:parse_scale --scale",
        "read_options:Reading.refuse_other_than --name",
        "read_options:_column_faults --columns#2",
        "read_options:_column_faults --columns#3",
        "read_options:_faults --delimiter",
        "read_options:_faults --encoding",
        "read_options:_faults --name",
        "read_options:_faults --skip-lines",
        "report_tables:show_ways “--precision”",
        "run_names:check_run_name --name",
        "runtimes:open_runtime --device",
        "runtimes:open_runtime --engine",
        "runtimes:open_runtime --precision",
        "scan:Asked.__post_init__ --stars",
        "seeds:train_seeds --seeds",
        "serve_command:_key “--adapters-dir”",
        "server:Door.address --host",
        "start_settings:resolve_start --start-from",
        "streams:open_text --encoding",
        "targets:check_no_columns --role",
        "targets:check_targets --max-changed",
        "targets:check_targets --max-disagreement",
        "targets:check_targets --max-drop",
        "targets:check_targets --quantize",
        "targets:check_targets --to",
        "text_entries:open_entries --text",
        "text_lines:LineStream.__init__ --text",
        "train_command:_check_resume --setting.name",
        "train_command:_check_resume “--resume”",
        "device:pick_precision --precision",
        "adapters:find_folder --adapters-dir#2",
    }
)

# Commands of other programs: nothing is installed, made or removed by a test.
OTHER_PROGRAMS = frozenset(
    {
        "api_key:read_key “openssl”",
        "api_key:read_key “openssl”#2",
        "bases_command:_show “pip install”",
        "browser_page:check_runtime “npm install”",
        "embedded_base:embedded_folder “pip install”",
        "errors:MissingExtraError.__init__ “pip install”",
        "export:export “rm -r”",
        "mojibake:texts_note “pip install”",
        "mojibake:twice_note “pip install”",
        "export_command:_next “--directory”",
        "model_settings:read_model_settings “pip install”",
        "row_quality:_doubts “pip install”",
        "row_quality:_languages “pip install”",
        "server:Door.callers “openssl”",
    }
)

IN_PYTHON = "said to who calls a function of Python; the command line does not get there"
OVER_HTTP = "said to a client of the server, about how it was started"
ON_THE_PAGE = "said on the web page, about how it was started"
BY_HAND = "a person types labels first"
BY_CHANCE = "needs weights, a file or a disk that fail; a test of that room brings it about"
NEEDS_A_HUB = "needs a model hub"

# What they name is read by the parser of the command line, and not done.
PARSED: dict[str, tuple[str, str]] = {
    "adapt:adapt sentilora adapt": (BY_CHANCE, "adapt --resume folder"),
    "adapters:check_allowed --key-file": (OVER_HTTP, "serve general --key-file FILE"),
    "adapters:find_folder --adapters-dir": (OVER_HTTP, "serve general --adapters-dir FOLDER"),
    "async_client:AsyncClient._send --timeout-s": (IN_PYTHON, ""),
    "base_proof:prove_base sentilora adapt": (BY_CHANCE, "adapt --resume folder"),
    "bases_command:bases sentilora train": (BY_CHANCE, "train DATA --base minilm"),
    "browser_page:check_runtime --runtime#2": (
        "needs the libraries that npm brings",
        "export RUN --to browser --runtime node_modules",
    ),
    "browser_page:write_page --to": (BY_CHANCE, "export RUN --to onnx"),
    "callers:Callers.check sentilora serve": (OVER_HTTP, "serve RUN --allowed-host shop.example"),
    "callers:Callers.check sentilora serve#2": (
        OVER_HTTP,
        "serve RUN --allowed-origin https://shop.example",
    ),
    "charset:_other_than_utf8 --encoding#2": (BY_CHANCE, "check DATA --encoding cp1251"),
    "columns:column_name --role": (IN_PYTHON, "check DATA --text text"),
    "coverage:notes_on --base": (NEEDS_A_HUB, "train DATA --base FacebookAI/xlm-roberta-base"),
    "csv_layout:_with_header --encoding": (BY_CHANCE, "check DATA --encoding cp1251"),
    "first_stage_fit:_refusal --cascade": (BY_CHANCE, "export RUN --to merged"),
    "first_stage_fit:_refusal --max-disagreement": (
        BY_CHANCE,
        "export RUN --to merged --cascade --max-disagreement 0.5",
    ),
    "first_stage_fit:check_row_count --validation": (
        "an option of the training before",
        "train DATA --validation FILE",
    ),
    "frames:text_column --text": (IN_PYTHON, "predict RUN --input FILE --text body"),
    "held_out:part_pairs --group": (BY_CHANCE, "train DATA --group COL"),
    "int8_result:_needed --max-changed": (BY_CHANCE, "export RUN --to onnx --max-changed 0.05"),
    "int8_result:_needed --max-drop": (BY_CHANCE, "export RUN --to onnx --max-drop 0.5"),
    "int8_result:refusal --quantize": (BY_CHANCE, "export RUN --to onnx"),
    "int8_result:refusal --quantize#2": (BY_CHANCE, "export RUN --to onnx"),
    "label_advice:names_problem --labels": (BY_CHANCE, "check DATA --labels pos=positive"),
    "label_advice:numbers_problem --labels#2": (BY_CHANCE, "evaluate RUN DATA --labels 1=positive"),
    "label_advice:numbers_problem --skip-bad-rows": (BY_CHANCE, "check DATA --skip-bad-rows"),
    "labels:Labels.__post_init__ --labels": (IN_PYTHON, "check DATA --labels negative,positive"),
    "labels:label_names --labels": (IN_PYTHON, "check DATA --labels negative,positive"),
    "labels:poles_of --labels": (BY_CHANCE, "train DATA --labels negative,positive"),
    "local_bases:find_local_base sentilora export": (BY_CHANCE, "export RUN --to merged"),
    "model_rows:note_unknown_labels --label": (BY_CHANCE, "evaluate RUN DATA --label COL"),
    "model_rows:note_unknown_labels --labels": (BY_CHANCE, "evaluate RUN DATA --labels a=b"),
    "onnx_model:write_onnx --to": (BY_CHANCE, "export RUN --to merged"),
    "onnx_quantisers:onnx_ways --quantize": (BY_CHANCE, "export RUN --to onnx"),
    "openvino_model:write_openvino --to": (BY_CHANCE, "export RUN --to onnx"),
    "openvino_quantisers:openvino_ways --quantize": (BY_CHANCE, "export RUN --to openvino"),
    "outputs:add_to_logits --pairs-only": (BY_CHANCE, "train DATA --pairs FILE"),
    "padding:find_padding_read --base": (BY_CHANCE, "train DATA --base minilm"),
    "pair_reader: --skip-bad-rows": (BY_CHANCE, "train DATA --pairs FILE --skip-bad-rows"),
    "predict_command:_resumable “--resume”": (BY_CHANCE, "predict RUN --output FILE --resume"),
    "predict_request:_check_texts “--text”": (BY_CHANCE, "predict RUN --input FILE --text COL"),
    "pretraining:update --learning-rate": (BY_CHANCE, "adapt minilm FILE --learning-rate 1e-5"),
    "pretraining:update --precision": (BY_CHANCE, "adapt minilm FILE --precision fp32"),
    "rank_metrics:consistency --group": (BY_CHANCE, "evaluate RUN DATA --group COL"),
    "report:read_report sentilora evaluate": (IN_PYTHON, "evaluate RUN DATA --json"),
    "resolved_base:unreachable --base": (NEEDS_A_HUB, "train DATA --base minilm"),
    "resume_file:_check --resume": (BY_CHANCE, "predict RUN --input FILE --output FILE"),
    "resume_file:_check --resume#2": (BY_CHANCE, "predict RUN --output FILE --resume"),
    "run_folder:Run._how_to_resume sentilora train": (
        IN_PYTHON,
        "train --config config.toml --resume",
    ),
    "seal:save sentilora train": (BY_CHANCE, "train --config config.toml --resume"),
    "target_modules:architecture_for --method": (BY_CHANCE, "train DATA --method full"),
    "target_modules:check_architecture --base": (BY_CHANCE, "train DATA --base minilm"),
    "text_entries:_which_column --text": (IN_PYTHON, ""),
    "text_references:read_references --pairs-key": (
        BY_CHANCE,
        "train DATA --pairs FILE --pairs-texts FILE --pairs-key COL",
    ),
    "train:train --resume": (IN_PYTHON, "train --config config.toml --resume"),
    "training_jobs:_refuse_name --name": (ON_THE_PAGE, "train DATA --name other"),
    "training_jobs:_writing sentilora app": (ON_THE_PAGE, "app --output DIR"),
    "training_loop:fit sentilora train": (BY_CHANCE, "train --config config.toml --resume"),
    "warm_start:_check_fit --start-from": (BY_CHANCE, "train DATA --base minilm"),
    "warm_start:create_started_model --start-from": (BY_CHANCE, "train DATA --base minilm"),
    "warm_start:open_start --method": (BY_CHANCE, "train DATA --method lora"),
    "warm_start:open_start --start-from": (BY_CHANCE, "train DATA --base minilm"),
    "label_command:label sentilora insights": (
        BY_HAND,
        "insights general tickets.csv --text message --labelled labels.csv",
    ),
    "label_command:label sentilora train": (BY_HAND, "train labels.csv"),
    "survey:matched --output": (BY_HAND, "label DATA --output NEW.csv"),
    "survey_data:correct_by_labels --labelled": (
        BY_HAND,
        "insights general DATA --labelled labels.csv",
    ),
    "survey_data:correct_by_labels sentilora label": (BY_HAND, "label DATA --output labels.csv"),
    "survey_data:open_survey --rows": (IN_PYTHON, "label DATA --rows 60"),
    "survey_file:_other sentilora label": (BY_HAND, "label DATA"),
}

# Said to who reads feedback in Python; no command does so yet.
WITHOUT_A_COMMAND = frozenset(
    {
        "dates:DateReader.__init__ --date-order",
        "dates:DateReader._doubt --date-order",
        "dates:DateReader._doubt --date-order#2",
        "dates:DateReader._mixture --date-order",
        "dates:DateReader.finish --date",
        "dates:day_named --name",
        "dates:day_named --name#2",
        "feedback_columns:FeedbackColumns.__post_init__ --segments",
        "feedback_columns:FeedbackColumns.__post_init__ --segments#2",
        "feedback_columns:FeedbackColumns._match --role",
        "feedback_columns:FeedbackColumns.advice --date",
        "feedback_columns:FeedbackColumns.advice --label",
        "feedback_question:FeedbackQuestion.__post_init__ --date",
        "feedback_question:FeedbackQuestion.__post_init__ --given[0]",
        "feedback_question:FeedbackQuestion.__post_init__ --limit",
        "feedback_question:FeedbackQuestion.__post_init__ --since",
        "feedback_question:FeedbackQuestion.__post_init__ --until",
        "feedback_rows:_chosen --date",
        "feedback_rows:_chosen --limit",
        "feedback_rows:_chosen --since",
        "feedback_rows:_chosen --until",
        "feedback_rows:_no_rows --text",
        "feedback_rows:_read_part --any-text",
        "feedback_rows:_read_part --text",
    }
)

# Told in tests of their rooms; a case that types what they name is still to be written.
TO_BE_TYPED = frozenset(
    {
        "remedies:remedies sentilora train",
        "remedies:remedies sentilora train#2",
    }
)
