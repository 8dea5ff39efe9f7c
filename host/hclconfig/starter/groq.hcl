
# Groq: fast. Keys: https://console.groq.com/keys
provider "groq" {
  priority = 20 # higher is tried first

  key "first" {
    value       = env("GROQ_API_KEY")
    daily_limit = 1000
  }
  key "second" {
    value       = env("GROQ_API_KEY_2")
    daily_limit = 1000
  }
  key "third" {
    value       = env("GROQ_API_KEY_3")
    daily_limit = 1000
  }

  model "openai/gpt-oss-120b" {
    priority = 10
    context  = 131072
    features = ["tools", "json_schema", "reasoning"]
  }
  model "openai/gpt-oss-20b" {
    context  = 131072
    features = ["tools", "json_schema", "reasoning"]
  }
}
