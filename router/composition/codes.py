ADVICE: dict[str,str]={}
