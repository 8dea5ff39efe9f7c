
# Cerebras: faster, with few requests a minute. Keys: https://cloud.cerebras.ai
provider "cerebras" {
  priority = 15

  key "first" {
    value = env("CEREBRAS_API_KEY")
  }
  key "second" {
    value = env("CEREBRAS_API_KEY_2")
  }
  key "third" {
    value = env("CEREBRAS_API_KEY_3")
  }

  settings {
    max_completion_tokens = 8192 # charged before a request runs, if it says nothing itself
  }

  model "gpt-oss-120b" {
    context  = 65536
    features = ["tools", "json_schema", "reasoning"]
  }
}
