-- What the owner made of a conversation: a name, a place at the top, or that it is shown no more.
CREATE TABLE conversation_marks (
  conversation text NOT NULL,
  title text,
  pinned_at timestamptz,
  -- Messages up to this event are shown no more; what is said later brings the conversation back.
  hidden_until bigint,
  updated_at timestamptz NOT NULL,
  CONSTRAINT conversation_marks_pkey PRIMARY KEY (conversation),
  CONSTRAINT conversation_marks_title_short CHECK (length(title) BETWEEN 1 AND 120)
);
