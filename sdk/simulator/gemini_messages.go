package simulator

// The messages of the Gemini API's requests, v1beta, as google.golang.org/genai v1.77.0 and the API
// reference have them.

func geminiRequest() fieldsOf {
	return fieldsOf{
		"model":             {kind: fieldText},
		"contents":          aMessage(geminiContent).list(),
		"systemInstruction": aMessage(geminiContent),
		"tools":             aMessage(geminiTool).list(),
		"toolConfig":        aMessage(geminiToolConfig),
		"safetySettings":    aMessage(geminiSafety).list(),
		"generationConfig":  aMessage(geminiGeneration),
		"cachedContent":     {kind: fieldText},
		"serviceTier":       anEnum("unspecified flex standard priority"),
		"continuationToken": {kind: fieldBytes},
		"store":             {kind: fieldFlag},
		"labels":            {kind: fieldStruct},
	}
}

func geminiContent() fieldsOf {
	return fieldsOf{"role": {kind: fieldText}, "parts": aMessage(geminiPart).list()}
}

func geminiPart() fieldsOf {
	return fieldsOf{
		"text":                {kind: fieldText},
		"thought":             {kind: fieldFlag},
		"thoughtSignature":    {kind: fieldBytes},
		"inlineData":          aMessage(geminiBlob),
		"fileData":            aMessage(geminiFile),
		"functionCall":        aMessage(geminiCall),
		"functionResponse":    aMessage(geminiResult),
		"executableCode":      {kind: fieldStruct},
		"codeExecutionResult": {kind: fieldStruct},
		"videoMetadata":       {kind: fieldStruct},
		"mediaResolution":     {kind: fieldStruct},
		"partMetadata":        {kind: fieldStruct},
	}
}

func geminiBlob() fieldsOf {
	return fieldsOf{"mimeType": {kind: fieldText}, "data": {kind: fieldBytes}}
}

func geminiFile() fieldsOf {
	return fieldsOf{"mimeType": {kind: fieldText}, "fileUri": {kind: fieldText}}
}

func geminiCall() fieldsOf {
	return fieldsOf{"id": {kind: fieldText}, "name": {kind: fieldText}, "args": {kind: fieldStruct}}
}

func geminiResult() fieldsOf {
	return fieldsOf{
		"id": {kind: fieldText}, "name": {kind: fieldText}, "response": {kind: fieldStruct},
		"parts": {kind: fieldStruct, many: true}, "willContinue": {kind: fieldFlag},
		"scheduling": anEnum("SCHEDULING_UNSPECIFIED SILENT WHEN_IDLE INTERRUPT"),
	}
}

func geminiTool() fieldsOf {
	return fieldsOf{
		"functionDeclarations":  aMessage(geminiFunction).list(),
		"googleSearch":          {kind: fieldStruct},
		"googleSearchRetrieval": {kind: fieldStruct},
		"codeExecution":         {kind: fieldStruct},
		"urlContext":            {kind: fieldStruct},
		"computerUse":           {kind: fieldStruct},
		"fileSearch":            {kind: fieldStruct},
		"googleMaps":            {kind: fieldStruct},
	}
}

func geminiFunction() fieldsOf {
	return fieldsOf{
		"name": {kind: fieldText}, "description": {kind: fieldText},
		"behavior":   anEnum("UNSPECIFIED BLOCKING NON_BLOCKING"),
		"parameters": {kind: fieldStruct}, "parametersJsonSchema": {kind: fieldFree},
		"response": {kind: fieldStruct}, "responseJsonSchema": {kind: fieldFree},
	}
}

func geminiToolConfig() fieldsOf {
	return fieldsOf{
		"functionCallingConfig": aMessage(func() fieldsOf {
			return fieldsOf{
				"mode":                 anEnum("MODE_UNSPECIFIED AUTO ANY NONE VALIDATED"),
				"allowedFunctionNames": {kind: fieldText, many: true},
			}
		}),
		"retrievalConfig":                  {kind: fieldStruct},
		"includeServerSideToolInvocations": {kind: fieldFlag},
	}
}

func geminiSafety() fieldsOf {
	return fieldsOf{
		"category": anEnum(`HARM_CATEGORY_HARASSMENT HARM_CATEGORY_HATE_SPEECH HARM_CATEGORY_SEXUALLY_EXPLICIT
			HARM_CATEGORY_DANGEROUS_CONTENT HARM_CATEGORY_CIVIC_INTEGRITY`),
		"threshold": anEnum(`HARM_BLOCK_THRESHOLD_UNSPECIFIED BLOCK_LOW_AND_ABOVE BLOCK_MEDIUM_AND_ABOVE BLOCK_ONLY_HIGH
			BLOCK_NONE OFF`),
	}
}

func geminiGeneration() fieldsOf {
	return fieldsOf{
		"temperature": {kind: fieldNumber}, "topP": {kind: fieldNumber}, "topK": {kind: fieldNumber},
		"candidateCount": {kind: fieldWhole}, "maxOutputTokens": {kind: fieldWhole}, "seed": {kind: fieldWhole},
		"stopSequences":   {kind: fieldText, many: true},
		"presencePenalty": {kind: fieldNumber}, "frequencyPenalty": {kind: fieldNumber},
		"responseLogprobs": {kind: fieldFlag}, "logprobs": {kind: fieldWhole},
		"responseMimeType": {kind: fieldText}, "responseSchema": {kind: fieldStruct}, "responseJsonSchema": {kind: fieldFree},
		"responseModalities": {kind: fieldEnum, many: true, values: []string{"MODALITY_UNSPECIFIED", "TEXT", "IMAGE", "AUDIO"}},
		"mediaResolution": anEnum(`MEDIA_RESOLUTION_UNSPECIFIED MEDIA_RESOLUTION_LOW MEDIA_RESOLUTION_MEDIUM
			MEDIA_RESOLUTION_HIGH`),
		"speechConfig": {kind: fieldStruct}, "imageConfig": {kind: fieldStruct},
		"enableEnhancedCivicAnswers": {kind: fieldFlag},
		"thinkingConfig": aMessage(func() fieldsOf {
			return fieldsOf{
				"includeThoughts": {kind: fieldFlag}, "thinkingBudget": {kind: fieldWhole},
				"thinkingLevel": anEnum("THINKING_LEVEL_UNSPECIFIED MINIMAL LOW MEDIUM HIGH"),
			}
		}),
	}
}

func geminiCount() fieldsOf {
	return fieldsOf{"contents": aMessage(geminiContent).list(), "generateContentRequest": aMessage(geminiRequest)}
}

func geminiEmbed() fieldsOf {
	return fieldsOf{
		"model": {kind: fieldText}, "content": aMessage(geminiContent), "taskType": {kind: fieldText},
		"title": {kind: fieldText}, "outputDimensionality": {kind: fieldWhole},
	}
}

func geminiEmbedBatch() fieldsOf {
	return fieldsOf{"requests": aMessage(geminiEmbed).list()}
}
