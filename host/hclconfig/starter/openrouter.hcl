
# OpenRouter: many models behind one key. Keys: https://openrouter.ai/settings/keys
provider "openrouter" {
  priority = 10

  key "first" {
    value       = env("OPENROUTER_API_KEY")
    daily_limit = 50 # 1000 once 10 credits were bought
  }
  key "second" {
    value       = env("OPENROUTER_API_KEY_2")
    daily_limit = 50
  }
  key "third" {
    value       = env("OPENROUTER_API_KEY_3")
    daily_limit = 50
  }

  model "openrouter/free" {} # any free model that can do what is asked
}
