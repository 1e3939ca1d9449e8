"""The classifier (encoder, adapter and head), its tokens, and the folder it is saved in.

Doors: ``create_model()`` in classifier.py; ``open_artifact()``, ``load_classifier()`` and
``seal_artifact()`` in artifact.py; ``TextEncoder`` in tokens.py; ``resolve_base()`` in ``bases/``.
Flow: ``bases/`` -> classifier.py -> artifact.py, which writes the weights, model_settings.py beside
them, and the manifest last; padding.py finds architectures that read padding, and keeps it from
them. probabilities.py turns logits into calibrated probabilities;
warm_start.py begins from a trained adapter, four_bit.py from a base in 4 bits; word_head.py
predicts words; first_stage.py is the linear model of a cascade; adapter_file.py and outputs.py read
weights without PEFT; quiet.py holds back what libraries tell; ``quick/`` computes the blocks
faster; ``promoted/`` reads the file that stands for the model in use.
May import: data and what lies below it.
Not covered: decoders, and heads of one's own; every base keeps its architecture's head.
"""
