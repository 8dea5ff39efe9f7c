
# Groq: fast. Keys: https://console.groq.com/keys
provider "groq" {
  priority = 20 # higher is tried first

  key "main" {
    value       = env("GROQ_API_KEY")
    daily_limit = 1000 # free plan, check your console
  }

  model "openai/gpt-oss-120b" {
    priority = 10
    context  = 131072
  }
  model "openai/gpt-oss-20b" {
    context = 131072
  }
}
