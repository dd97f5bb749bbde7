-- What the dashboard shows of conversations.

-- Up to when the owner has read a conversation.
CREATE TABLE conversation_reads (
  conversation text CONSTRAINT conversation_reads_pkey PRIMARY KEY,
  read_until timestamptz NOT NULL
);

-- Events without a conversation, which are nearly all, cost nothing here.
CREATE INDEX events_conversation_idx ON events (conversation, id) WHERE conversation IS NOT NULL;
