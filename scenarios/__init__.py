"""The demonstration and its tools: a roof over all other apps, without models, that production leaves out.

It alone acts in many apps at once, always through their operations; nothing imports it.

- `stories/`: scenario files that ship; `play/` plays one, with a module of verbs by subject.
- `people/`: the made-up people, one for each role. `portal`: the whole portal on this machine.
- `scale/`: a large, made-up fund, loaded quickly.
"""
